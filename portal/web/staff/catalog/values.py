"""A product's form with a field for each attribute of its category."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from flask_babel import gettext as _
from wtforms import SelectField, StringField

from portal.domains.catalog import Attribute, fault_of
from portal.web.forms import Form, stripped
from portal.web.staff.catalog.fields import Amount, Day

Kind = TypeVar("Kind", bound=Form)

ANSWERS = {"yes": True, "no": False}


class Number(Amount):
    """A number, with or without decimals; None if nothing was typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write a number, such as 12 or 12.5.")) from None


def with_values(form: type[Kind], attributes: Sequence[Attribute]) -> type[Kind]:
    """The form with the fields of these attributes."""
    return type(form.__name__, (form,), {fault_of(one.slug): _field(one) for one in attributes})


def write_values(form: Form, attributes: Sequence[Attribute], values: Mapping[str, object]) -> None:
    """Puts the product's values into the form."""
    words = {True: "yes", False: "no"}
    for one in attributes:
        value = values.get(one.slug)
        if one.kind == "flag" and isinstance(value, bool):
            value = words[value]
        elif one.kind == "date" and isinstance(value, str):
            value = date.fromisoformat(value)
        form[fault_of(one.slug)].data = value


def read_values(form: Form, attributes: Sequence[Attribute]) -> dict[str, object]:
    """What was typed, by slug; the domain judges it."""
    typed = {one.slug: form[fault_of(one.slug)].data for one in attributes}
    flags = {one.slug for one in attributes if one.kind == "flag"}
    return {slug: ANSWERS.get(value, value) if slug in flags else value for slug, value in typed.items()}


def _field(one: Attribute) -> Any:
    if one.kind == "number":
        return Number(one.name)
    if one.kind == "date":
        return Day(one.name)
    if one.kind == "text":
        return StringField(one.name, filters=[stripped])
    options = one.options if one.kind == "choice" else [("yes", _("yes")), ("no", _("no"))]
    return SelectField(one.name, choices=[("", "–"), *((key, words) for key, words in options)], validate_choice=False)
