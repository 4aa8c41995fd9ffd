"""Fields of the catalog's forms: numbers, days and choices that say what is wrong in our words."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from wtforms import (
    DateField,
    DateTimeLocalField,
    DecimalField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    TimeField,
)

NOBODY = UUID(int=0)
"""Stands for a choice that was tampered with; there is nothing with this id."""

FIRST_YEAR, LAST_YEAR = 2000, 2100  # beyond, sums of dates leave what a computer can count


class Asked:
    """A field that has to be filled in: that it is not, the domain tells together with its other faults."""

    field_flags = {"required": True}  # as WTForms reads it

    def __call__(self, form: Any, field: Any) -> None:
        pass


class Whole(IntegerField):
    """A whole number; None if nothing was typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = int(valuelist[0])
        except ValueError:
            raise ValueError(_("Write a whole number.")) from None


class Amount(DecimalField):
    """An amount of money, shown with the decimals that it has; None if nothing was typed."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.places = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if not any(text.strip() for text in valuelist):
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write an amount without commas, such as 30000.")) from None


class Day(DateField):
    """A date."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if any(valuelist):
            _read(super().process_formdata, valuelist)
            _check_year(self)


class Moment(DateTimeLocalField):
    """A date and time on some wall; the view knows which. `twice` are the two it may be, where the clock shows it twice
    (wall.py)."""

    twice: Any = ()
    which = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if any(valuelist):
            _read(super().process_formdata, valuelist)
            _check_year(self)


class Clock(TimeField):
    """A time of the day; None if nothing was typed. `twice` is as in Moment."""

    twice: Any = ()
    which = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if any(valuelist):
            _read(super().process_formdata, valuelist)


def chosen_id(label: Any, *checks: Any) -> Any:
    """A choice among things with ids. What is not among them is told by the domain, next to this field."""
    return SelectField(label, checks, coerce=_id, validate_choice=False)


class Several(SelectMultipleField):
    """Some of many things with ids, as check boxes. What is not among them is told by the domain, likewise."""

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(label, coerce=_id, validate_choice=False, choices=[], **more)


def chosen(label: Any, *checks: Any, default: str | None = None) -> Any:
    """A choice among words, likewise."""
    return SelectField(label, checks, default=default, validate_choice=False)


def weekday(value: object) -> int:
    """A day of the week, 0 is Monday; what is none is told by the domain."""
    try:
        return int(str(value))
    except ValueError:
        return -1


def _id(value: object) -> UUID | None:
    if value in (None, "", "None"):
        return None
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        return NOBODY


def _read(read: Any, valuelist: list[Any]) -> None:
    try:
        read(valuelist)
    except ValueError:
        raise ValueError(_("This is not a day or time.")) from None


def _check_year(field: Any) -> None:
    if not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        field.data = None
        raise ValueError(_("Choose a year between 2000 and 2100."))
