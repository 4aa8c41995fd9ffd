"""What staff write of a rate: when it counts, and what it makes of the price."""

from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectMultipleField, StringField

from portal.domains.catalog import ALL_DAY, RateFields
from portal.web.forms import Form, stripped
from portal.web.staff.catalog.fields import Amount, Asked, Clock, Day, Moment, Whole, weekday


class RateForm(Form):
    percent: Any = Whole(_("Percent more or less"), description=_("20 for more, -10 for less; or the amount."))
    amount: Any = Amount(_("Or this amount"))
    weekdays: Any = SelectMultipleField(
        _("On these days of the week"), coerce=weekday, choices=[], validate_choice=False
    )
    since: Any = Clock(_("From"), description=_("Of the day; left empty: all day."))
    until: Any = Clock(_("Before"), description=_("Before the beginning is after midnight."))
    first: Any = Day(_("From the day"), description=_("Left empty: all year."))
    last: Any = Day(_("To the day"))
    yearly = BooleanField(_("Every year"))
    rank: Any = Whole(_("Number"), [Asked()], description=_("Where several fit, the lowest number counts."))
    starts_at: Any = Moment(_("For who books from"), description=_("Left empty: from now on."))
    ends_at: Any = Moment(_("Until"), description=_("Left empty: until it is ended."))
    reason = StringField(_("Why"), [Asked()], filters=[stripped])

    def fields(self) -> RateFields:
        """What was typed; whether it makes sense is the domain's to say."""
        since, until = _minute(self.since.data, 0), _minute(self.until.data, ALL_DAY)
        if self.until.data is not None and until < since:
            until += ALL_DAY
        return RateFields(
            rank=self.rank.data if self.rank.data is not None else 0,
            weekdays=frozenset(self.weekdays.data or ()),
            since=since,
            until=until if until or self.until.data is None else ALL_DAY,
            first=self.first.data,
            last=self.last.data,
            yearly=bool(self.yearly.data),
            percent=self.percent.data,
            amount=self.amount.data,
        )


class WhyForm(Form):
    """Why something is taken back or ended."""

    reason = StringField(_("Why"), [Asked()], filters=[stripped])


def _minute(shown: time | None, otherwise: int) -> int:
    return otherwise if shown is None else shown.hour * 60 + shown.minute
