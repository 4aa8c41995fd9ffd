"""What a value of each kind of attribute is. Values are kept as JSON: a text, a number, a choice's key, true or false,
a day written 2026-12-01."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from portal.kernel.errors import N_
from portal.kernel.fields import Faults
from portal.kernel.slugs import slug_of

KINDS_OF_ATTRIBUTE = ("text", "number", "choice", "flag", "date")
SHOWN = ("list", "page", "staff")
MOST_OPTIONS = 60
LONGEST_TEXT = 200
MOST_NUMBER = 1_000_000_000
DECIMALS = 4
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Value = str | int | float | bool


class Defined(Protocol):
    """What the check needs of a definition."""

    @property
    def slug(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def options(self) -> Sequence[Sequence[str]]: ...


def fault_of(slug: str) -> str:
    """The field on which a fault of this attribute is told."""
    return f"attribute-{slug}"


def checked_value(faults: Faults, defined: Defined, value: object) -> Value | None:
    """The value as it is kept; None for nothing. A fault is on the attribute's own field."""
    field = fault_of(defined.slug)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return CHECKS[defined.kind](faults, field, defined, value)


def _text(faults: Faults, field: str, _defined: Defined, value: object) -> Value | None:
    return faults.line(field, value, most=LONGEST_TEXT) or None


def _number(faults: Faults, field: str, _defined: Defined, value: object) -> Value | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        faults.add(field, N_("Write a number, such as 12 or 12.5."))
        return None
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) > MOST_NUMBER:
        faults.add(field, N_("Numbers end at %(most)s."), most=f"{MOST_NUMBER:,}")
    elif number != round(number, DECIMALS):
        faults.add(field, N_("At most %(decimals)s decimals."), decimals=DECIMALS)
    else:
        return int(number) if number == int(number) else float(number)
    return None


def _choice(faults: Faults, field: str, defined: Defined, value: object) -> Value | None:
    keys = [key for key, _words in defined.options]
    if value in keys:
        return str(value)
    faults.add(field, N_("Choose one of: %(known)s."), known=", ".join(words for _key, words in defined.options))
    return None


def _flag(faults: Faults, field: str, _defined: Defined, value: object) -> Value | None:
    if isinstance(value, bool):
        return value
    faults.add(field, N_("Say yes or no."))
    return None


def _date(faults: Faults, field: str, _defined: Defined, value: object) -> Value | None:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        day = date.min
    if day.year < 1000:  # as text, these would not be in order
        faults.add(field, N_("Write a day, such as 2026-12-01."))
        return None
    return f"{day:%Y-%m-%d}"


CHECKS = {"text": _text, "number": _number, "choice": _choice, "flag": _flag, "date": _date}


def checked_options(faults: Faults, kind: str, options: Sequence[tuple[str, str]]) -> list[list[str]]:
    """A choice's options, each with a key: the one given, or one made of its words. Faults are on `options`."""
    if kind != "choice":
        if options:
            faults.add("options", N_("Only a choice has these."))
        return []
    read: dict[str, str] = {}
    for given, words in options:
        label = faults.line("options", words, most=60, needed=True)
        key = given or slug_of(label)
        if not KEY.fullmatch(key) or len(key) > 60:
            faults.add("options", N_("«%(words)s» needs a short name before it, such as sea = 바다."), words=words[:60])
        elif key in read or label in read.values():
            faults.add("options", N_("«%(words)s» is there twice."), words=words[:60])
        read[key] = label
    if not 1 <= len(read) <= MOST_OPTIONS:
        faults.add("options", N_("A choice is among one to %(most)s."), most=MOST_OPTIONS)
    return [[key, label] for key, label in read.items()]
