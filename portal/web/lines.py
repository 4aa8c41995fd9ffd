"""Waiting lists between the pages and the API: whoever waits is served first, and what is left can be held."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar, cast
from uuid import UUID

from flask import current_app

from portal.config import Settings
from portal.domains import reservations, waiting
from portal.domains.waiting import Line
from portal.kernel import clock
from portal.web.database import transaction

Made = TypeVar("Made")

AT_ONCE = 10
"""Offers that one request makes at most; the clock makes the others a moment later."""


def behind_the_line(product_id: UUID, starts_at: datetime, hold: Callable[[], Made]) -> Made:
    """What `hold` answers; where others wait for what is free, they are offered it first, and it is tried once more."""
    try:
        return hold()
    except reservations.SlotWaitedFor:
        serve(product_id, starts_at)
        return hold()


def serve(product_id: UUID, starts_at: datetime) -> None:
    """Offers what is free at this time to those who wait for it, each in a transaction of its own."""
    knobs = cast(Settings, current_app.extensions["settings"])
    line = Line(product_id, starts_at)
    how = {"minutes": knobs.waiting_offer_minutes, "before": knobs.waiting_offer_before}
    for _ in range(AT_ONCE):
        with transaction() as tx:
            if waiting.offer_next(tx, line, now=clock.now(), **how) is None:
                return
