"""What staff write of closures that come again."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired

from portal.domains.resources import SeriesFields
from portal.web.forms import Form, stripped
from portal.web.staff.catalog.fields import Clock, Day, chosen, weekday

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


class EndForm(Form):
    """Until when it comes again."""

    last: Any = Day(_("Until"), description=_("Left empty: without an end."))
