"""What staff write of closures that come again."""

from datetime import time
from typing import Any

from babel.dates import get_day_names
from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired

from portal.domains.resources import ClosureSeries, SeriesFields
from portal.web.forms import Form, stripped
from portal.web.i18n import language
from portal.web.staff.catalog.fields import Clock, Day, chosen, weekday
from portal.web.staff.catalog.words import often_words

NEEDED = InputRequired(_("This cannot be empty."))
ALL_DAY = 24 * 60


class SeriesForm(Form):
    """A rule by which it is closed again and again."""

    every = chosen(_("How often"), NEEDED, default="week")
    weekdays: Any = SelectMultipleField(
        _("On these days of the week"), coerce=weekday, choices=[], validate_choice=False
    )
    first: Any = Day(_("From"), [NEEDED])
    last: Any = Day(_("Until"), description=_("Left empty: without an end."))
    starts: Any = Clock(_("At"), description=_("Left empty: all day."))
    ends: Any = Clock(_("To"))
    reason = StringField(_("Why"), filters=[stripped])

    def fields(self) -> SeriesFields:
        """What was typed; whether it makes sense is the domain's to say."""
        since = 0 if self.starts.data is None else self.starts.data.hour * 60 + self.starts.data.minute
        until = ALL_DAY if self.ends.data is None else self.ends.data.hour * 60 + self.ends.data.minute
        return SeriesFields(
            every=self.text("every"),
            weekdays=frozenset(self.weekdays.data or ()),
            first=self.first.data,
            last=self.last.data,
            since=since,
            until=until + ALL_DAY if until < since else until or ALL_DAY,
            reason=self.text("reason"),
        )


def blank() -> SeriesForm:
    """A rule to be."""
    return _named(SeriesForm(formdata=None, prefix="series-"))


def typed(series: ClosureSeries | None = None) -> SeriesForm:
    """What was typed for a new rule, or for one that is."""
    return _named(SeriesForm(prefix=_prefix(series) if series else "series-"))


def written(series: ClosureSeries) -> SeriesForm:
    """The rule as it is, to be changed."""
    since, until = series.minutes.lower or 0, series.minutes.upper or 0
    clocks = {} if (since, until) == (0, ALL_DAY) else {"starts": _clock(since), "ends": _clock(until)}
    data: dict[str, Any] = {
        "every": series.every,
        "weekdays": sorted(series.on),
        "first": series.first_day,
        "last": series.last_day,
        "reason": series.reason,
    }
    return _named(SeriesForm(data=data | clocks, formdata=None, prefix=_prefix(series)))


def _named(form: SeriesForm) -> SeriesForm:
    names = get_day_names("wide", locale=language())
    form.every.choices = list(often_words().items())
    form.weekdays.choices = [(day, names[day]) for day in range(7)]
    return form


def _prefix(series: ClosureSeries) -> str:
    return f"again-{series.id}-"


def _clock(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)
