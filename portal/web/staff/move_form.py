"""What staff write to move a booking: where to, for how long, and why."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired, ValidationError

from portal.kernel.errors import Fact, Invalid
from portal.web.forms import Form
from portal.web.staff.catalog.fields import Asked, Moment, Whole

MOST_MINUTES = 60 * 24 * 31


class MoveForm(Form):
    """`start` is on the venue's clock; wall.py says which moment that is."""

    start: Any = Moment(
        _("New start"),
        [InputRequired(_("Write a day and a time."))],
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],  # the first as browsers write it
    )
    minutes: Any = Whole(_("Minutes"), [InputRequired(_("Write a whole number."))])
    reason = TextAreaField(_("Why?"), [Asked()], description=_("The customer reads this."))

    def validate_minutes(self, field: Any) -> None:
        if field.data is not None and not 0 < field.data <= MOST_MINUTES:
            raise ValidationError(_("Write a whole number, from 1 to %(most)s.", most=MOST_MINUTES))

    def blame(self, fact: Fact) -> None:
        """What is wrong with its end is told beside its length."""
        if isinstance(fact, Invalid) and "end" in fact.faults:
            fact = Invalid({"minutes" if name == "end" else name: told for name, told in fact.faults.items()})
        super().blame(fact)
