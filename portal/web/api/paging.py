"""Lists in pages: a cursor says after which row the next one begins; what is in it is our own affair."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import Field

from portal.kernel.errors import N_, Invalid
from portal.web.api.shapes import YEARS, Query

Row = TypeVar("Row")

NO_SUCH_PAGE = N_("There is no such page; begin without a cursor.")


class Paged(Query):
    """Which page of a list."""

    cursor: str | None = Field(None, max_length=200, description="`next` of the page before; nothing for the first.")
    limit: int = Field(25, ge=1, le=50, description="How many at most.")


def row_after(cursor: str | None) -> UUID | None:
    """The row of a cursor of ids. Raises Invalid on `cursor`."""
    if not cursor:
        return None
    try:
        return UUID(_opened(cursor))
    except ValueError:
        raise Invalid({"cursor": NO_SUCH_PAGE}) from None


def moment_after(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The row of a cursor of moments and ids. Raises Invalid on `cursor`."""
    if not cursor:
        return None
    moment, _, row = _opened(cursor).partition(" ")
    try:
        at = datetime.fromisoformat(moment)
        if at.utcoffset() is not None and at.year in YEARS:
            return at, UUID(row)
    except ValueError:
        pass
    raise Invalid({"cursor": NO_SUCH_PAGE})


def cursor_of(*marks: object) -> str:
    """The cursor behind a row."""
    said = " ".join(mark.isoformat() if isinstance(mark, datetime) else str(mark) for mark in marks)
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def page(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], Row | None]:
    """At most `limit` of the rows, and the last of them if there are more; ask for one row more than fits."""
    return rows[:limit], rows[limit - 1] if len(rows) > limit else None


def _opened(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        raise Invalid({"cursor": NO_SUCH_PAGE}) from None
