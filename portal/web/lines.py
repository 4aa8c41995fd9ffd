"""Waiting lists between the pages and the API: whoever waits is served first, and what is left can be held."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar, cast
from uuid import UUID

from flask import current_app

from portal.config import Settings
from portal.domains import reservations, waiting
from portal.domains.reservations import Behind, Room
from portal.domains.waiting import Line
from portal.kernel import clock
from portal.web.database import transaction

Made = TypeVar("Made")

AT_ONCE = 10
"""Offers that one request makes at most; the clock makes the others a moment later."""


def behind_the_line(take: Callable[[Behind], Made]) -> Made:
    """What `take` answers; where others wait for what is free, they are offered it first, and it is tried once more,
    behind those who could not have it."""
    try:
        return take(Behind())
    except reservations.SlotWaitedFor as waits:
        passed: list[Room] = []
        for product_id, starts_at in waits.lines:
            serve(product_id, starts_at, passed)
        return take(Behind(passed))


def serve(product_id: UUID, starts_at: datetime, passed: list[Room] | None = None) -> None:
    """Offers what is free at this time to those who wait for it, each in a transaction of its own. `passed` is told
    who could not have it."""
    knobs = cast(Settings, current_app.extensions["settings"])
    minutes, before = knobs.waiting_offer_minutes, knobs.waiting_offer_before
    line = Line(product_id, starts_at)
    for _ in range(AT_ONCE):
        in_vain: list[Room] = []
        with transaction() as tx:
            made = waiting.offer_next(tx, line, now=clock.now(), minutes=minutes, before=before, passed=in_vain)
        if made is None:
            if passed is not None:
                passed += in_vain
            return
