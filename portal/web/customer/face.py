"""The blueprint of the customers' face, and how its views read what came in: a wrong value is never a crash."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import cast
from uuid import UUID

from flask import Blueprint, current_app, request

from portal.config import Settings
from portal.kernel.errors import NotFound

blueprint = Blueprint("customer", __name__)

LONGEST_NUMBER = 9
"""Digits of a number from a form: enough for anything sold here, and always an integer of the database."""
YEARS = range(2000, 2200)


def settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def whole(value: str | None) -> int | None:
    """The whole number that was typed; None for anything else."""
    typed = (value or "").strip()
    digits = typed.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > LONGEST_NUMBER:
        return None
    return int(typed)


def day(value: str | None) -> date | None:
    """The date of an address; None for anything else."""
    try:
        found = date.fromisoformat(value or "")
    except ValueError:
        return None
    return found if found.year in YEARS else None


def moment(value: str | None) -> datetime | None:
    """The moment of a form, with its offset; None for anything else, also for a time that says no zone."""
    try:
        found = datetime.fromisoformat(value or "")
    except ValueError:
        return None
    return found if found.tzinfo and found.year in YEARS else None


def ids(values: Iterable[str]) -> list[UUID]:
    """The ids of a form, each once, in their order. Raises NotFound for what is none: nobody typed it by mistake."""
    try:
        return list(dict.fromkeys(UUID(value) for value in values))
    except ValueError:
        raise NotFound from None


def cursor() -> tuple[datetime, UUID] | None:
    """Where a list goes on, from `?after=MOMENT,ID`; None at its beginning, or if the address was tampered with."""
    at, _, row = request.args.get("after", "").partition(",")
    try:
        known = moment(at)
        return (known, UUID(row)) if known else None
    except ValueError:
        return None


def cursor_of(at: datetime, row: UUID) -> str:
    """The cursor behind this row."""
    return f"{at.isoformat()},{row}"
