"""The blueprint of the back office, and what its lists share: a cursor in the address."""

from datetime import datetime
from typing import cast
from uuid import UUID

from flask import Blueprint, current_app, request

from portal.config import Settings

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


def settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def cursor() -> tuple[datetime, UUID] | None:
    """Where the list goes on, from `?after=MOMENT,ID`; None at its beginning, or if the address was tampered with."""
    moment, _, row = request.args.get("after", "").partition(",")
    try:
        return datetime.fromisoformat(moment), UUID(row)
    except ValueError:
        return None


def cursor_of(moment: datetime, row: UUID) -> str:
    """The cursor behind this row."""
    return f"{moment.isoformat()},{row}"
