"""What staff write about the catalog. Lengths and bounds are the domain's to judge; fields have its names.

Numbers and days are Any: their data is there once the form has been validated, which a type cannot say.
"""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired

from portal.domains.catalog import MOST_ADDONS, Attribute
from portal.web.forms import Form, stripped
from portal.web.staff.catalog.fields import (
    Amount,
    Asked,
    Clock,
    Day,
    Moment,
    Several,
    Whole,
    chosen,
    chosen_id,
)

NEEDED = InputRequired(_("This cannot be empty."))
"""Of what the domain is not asked without; for all else, Asked lets it tell every fault at once."""
MOST_TIERS = 4


class CategoryForm(Form):
    name = StringField(_("Name"), [Asked()], filters=[stripped])
    slug = StringField(_("Address"), filters=[stripped], description=_("Left empty, it is made from the name."))
    parent_id = chosen_id(_("Inside"))
    position: Any = Whole(_("Position"), [Asked()], default=0, description=_("Small numbers come first."))
    description = TextAreaField(_("Description"))
    unlisted = BooleanField(
        _("Not listed"), description=_("Customers find it and what is in it only by its address, never in a list.")
    )


class AttributeForm(Form):
    name = StringField(_("Name"), [Asked()], filters=[stripped])
    kind = chosen(_("Kind"), Asked(), default="text")
    unit = StringField(_("Unit"), filters=[stripped], description=_("Of numbers, such as m² or people."))
    options = TextAreaField(
        _("To choose from"),
        description=_("One a line. «sea = Sea view» keeps sea with the products, so that the words can be changed."),
    )
    shown = chosen(_("Shown"), Asked(), default="page")
    position: Any = Whole(_("Position"), [Asked()], default=0, description=_("Small numbers come first."))
    required = BooleanField(_("Every product needs it"))
    filterable = BooleanField(_("Customers can look for it"))


class NewAttributeForm(AttributeForm):
    slug = StringField(
        _("Short name"), filters=[stripped], description=_("Left empty, it is made from the name. It stays for good.")
    )


class ProductForm(Form):
    name = StringField(_("Name"), [Asked()], filters=[stripped])
    slug = StringField(_("Address"), filters=[stripped], description=_("Left empty, it is made from the name."))
    category_id = chosen_id(_("Category"), Asked())
    cover = chosen(_("Picture"), NEEDED, default="generic")
    summary = StringField(_("In one line"), filters=[stripped], description=_("Shown in lists."))
    description = TextAreaField(_("Description"))
    attributes = TextAreaField(_("More facts"), description=_("One a line: Size: 40 m²"))
    defined: Sequence[Attribute] = ()
    """The attributes it asks for, each with a field of its own (values.py)."""


class NewProductForm(ProductForm):
    kind = chosen(_("Kind"), Asked(), default="booking")


class AddonsForm(Form):
    """Goods that go with it, row by row; a row is left empty by choosing nothing."""

    goods_0 = chosen_id(_("Goods"))
    most_0: Any = Whole(_("At most"))
    goods_1 = chosen_id(_("Goods"))
    most_1: Any = Whole(_("At most"))
    goods_2 = chosen_id(_("Goods"))
    most_2: Any = Whole(_("At most"))
    goods_3 = chosen_id(_("Goods"))
    most_3: Any = Whole(_("At most"))
    goods_4 = chosen_id(_("Goods"))
    most_4: Any = Whole(_("At most"))
    goods_5 = chosen_id(_("Goods"))
    most_5: Any = Whole(_("At most"))

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"goods_{n}"], self[f"most_{n}"]) for n in range(MOST_ADDONS)]


class PictureForm(Form):
    file: Any = FileField(
        _("File"),
        [Asked()],
        description=_("JPEG, PNG or WebP, at most 10 MB. Places and cameras in it are not kept."),
    )
    alt = StringField(
        _("What it shows"), [Asked()], filters=[stripped], description=_("Read out to those who do not see it.")
    )


class ImportForm(Form):
    file: Any = FileField(
        _("File"), [FileRequired(_("Choose a file."))], description=_("CSV in UTF-8 or JSON, at most 20 MB.")
    )


class PlacingForm(Form):
    alt = StringField(_("What it shows"), [Asked()], filters=[stripped])
    place: Any = Whole(_("Place"), [Asked()])


class VariantForm(Form):
    variant = StringField(_("Name"), [Asked()], filters=[stripped], description=_("For example: Adult, Child, Large"))
    slug = StringField(_("Address"), filters=[stripped], description=_("Left empty, it is made from the name."))


class PriceForm(Form):
    amount: Any = Amount(_("Price"), [Asked()])
    unit = chosen(_("For"), Asked())
    starts_at: Any = Moment(_("From"), description=_("Left empty: from now on."))
    ends_at: Any = Moment(_("Until"), description=_("Left empty: until the next price."))
    reason = StringField(_("Why"), filters=[stripped], description=_("Customers can read this in the price history."))


class PolicyForm(Form):
    name = StringField(_("Name"), [Asked()], filters=[stripped], description=_("Only staff read it."))
    refundable = chosen(_("What comes back"), NEEDED, default="yes")
    hours_1: Any = Whole(_("Hours before"))
    percent_1: Any = Whole(_("Comes back"))
    hours_2: Any = Whole(_("Hours before"))
    percent_2: Any = Whole(_("Comes back"))
    hours_3: Any = Whole(_("Hours before"))
    percent_3: Any = Whole(_("Comes back"))
    hours_4: Any = Whole(_("Hours before"))
    percent_4: Any = Whole(_("Comes back"))
    fee: Any = Amount(_("Fee"), description=_("Kept of each thing that is given back."))
    fee_percent: Any = Whole(_("Or a part of the price"))
    is_default = chosen(_("For which products"), default="")

    @property
    def tiers(self) -> list[tuple[Any, Any]]:
        """The rows, each hours and percent; the domain leaves out those that are empty."""
        return [(self[f"hours_{n}"].data, self[f"percent_{n}"].data) for n in range(1, MOST_TIERS + 1)]


class AssignmentForm(Form):
    refund_policy = chosen_id(_("Refund policy"))


class StockForm(Form):
    delta: Any = Whole(_("Come or go"), [Asked()], description=_("5 for five that came, -2 for two that are gone."))
    reason = StringField(_("Why"), [Asked()], filters=[stripped])


class ResourceForm(Form):
    name = StringField(_("Name"), [Asked()], filters=[stripped])
    slug = StringField(_("Short name"), filters=[stripped], description=_("Left empty, it is made from the name."))
    place = StringField(_("Where it is"), filters=[stripped])
    units: Any = Whole(
        _("How many there are"), [Asked()], default=1, description=_("That can be booked at the same time.")
    )
    time_zone = StringField(_("Time zone"), [Asked()], filters=[stripped])


class ClosureForm(Form):
    first: Any = Day(_("From"), [NEEDED])
    last: Any = Day(_("To"), [NEEDED])
    starts: Any = Clock(_("At"))
    ends: Any = Clock(_("At"))
    reason = StringField(_("Why"), filters=[stripped])


class OfferingForm(Form):
    resource_id = chosen_id(_("Booked on"), Asked())
    min_length: Any = Whole(_("Length"), [Asked()], default=60)
    max_length: Any = Whole(_("Longest"), description=_("Left empty, the length is fixed."))
    length_step: Any = Whole(_("In steps of"), [Asked()], default=30)
    start_step: Any = Whole(_("Begins every"), [Asked()], default=30, description=_("Counted from the opening."))
    buffer_before: Any = Whole(_("Kept free before"), [Asked()], default=0)
    buffer_after: Any = Whole(_("Kept free after"), [Asked()], default=0)
    lead_time: Any = Whole(_("Shortest notice"), [Asked()], default=0)
    horizon_days: Any = Whole(_("Days ahead"), [Asked()], default=90)
    max_quantity: Any = Whole(_("At most in one booking"), [Asked()], default=1)
    once_each = BooleanField(
        _("One booking of a time for each person"),
        description=_("Whoever holds or has booked a time cannot book it a second time."),
    )


class RushForm(Form):
    open = BooleanField(
        _("Queue in front of the times"),
        description=_("Customers choose one after the other, in the order in which they came."),
    )
    at_once: Any = Whole(_("May choose at once"), [Asked()], default=50)
    minutes: Any = Whole(_("Minutes each has"), [Asked()], default=5)


class PartsForm(Form):
    """What else serves it: `_0` in place of what it is booked on, `_1` and `_2` besides it."""

    places_0: Any = Several(_("Any of these can stand in"))
    name_0 = StringField(_("What they are"), filters=[stripped], description=_("For example: Therapist"))
    choosable_0 = BooleanField(_("Customers may say who"))
    places_1: Any = Several(_("One of these is needed at the same time"))
    name_1 = StringField(_("What they are"), filters=[stripped], description=_("For example: Room"))
    once_1 = BooleanField(_("One is enough for all who come"))
    choosable_1 = BooleanField(_("Customers may say which"))
    places_2: Any = Several(_("And one of these"))
    name_2 = StringField(_("What they are"), filters=[stripped])
    once_2 = BooleanField(_("One is enough for all who come"))
    choosable_2 = BooleanField(_("Customers may say which"))
