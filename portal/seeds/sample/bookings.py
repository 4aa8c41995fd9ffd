"""Orders of the sample world's other customers, so that some days are full and staff have something to look at.

Placed like any order: held, accepted, and paid by the workers when they run.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.domains import catalog, identity, orders, reservations
from portal.kernel.db import Tx
from portal.kernel.errors import Fact
from portal.seeds.sample.people import CUSTOMERS

CARD = "pm_card_visa"
HELD = 15  # minutes
SEOUL = ZoneInfo("Asia/Seoul")
AHEAD = timedelta(days=28)
BUYERS = tuple(person.email for person in CUSTOMERS[1:])


class Wish(NamedTuple):
    """On the `nth` day that has times from a week on (0 is the first), `parties` are booked in each of its times."""

    slug: str
    nth: int
    parties: tuple[int, ...]


WISHES = (
    Wish("wheel-throwing", 0, (6, 6)),
    Wish("wheel-throwing", 1, (6, 4)),
    Wish("deep-rest-90", 1, (1,)),
    Wish("fortress-by-night", 0, (6, 6)),
    Wish("kimchi-kitchen", 1, (4, 3)),
    Wish("rooftop-yoga", 2, (4, 4)),
    Wish("harbour-lights", 0, (8, 5)),
)


def book(tx: Tx, *, now: datetime) -> int:
    """Places the orders, once; answers how many. Needs the saga engine plugged in."""
    buyers = [identity.find_by_email(tx, email) for email in BUYERS]
    accounts = [buyer.id for buyer in buyers if buyer is not None]
    if any(orders.orders_of(tx, account_id, limit=1) for account_id in accounts):
        return 0
    return sum(_fulfil(tx, wish, accounts, now) for wish in WISHES)


def _fulfil(tx: Tx, wish: Wish, accounts: Sequence[UUID], now: datetime) -> int:
    product = catalog.find_product(tx, wish.slug)
    if product is None:
        return 0
    placed = 0
    for start, end in _times(tx, product.id, wish.nth, now):
        for account_id, party in zip(accounts, wish.parties, strict=False):
            placed += _order(tx, account_id, product.id, start, end, party, now)
    return placed


def _times(tx: Tx, product_id: UUID, nth: int, now: datetime) -> list[tuple[datetime, datetime]]:
    """The times of the nth day that has any, a few days from now on."""
    first = (now + timedelta(days=3)).date()
    found = reservations.slots(tx, product_id, first=first, last=first + AHEAD, now=now)
    days: dict[object, list[tuple[datetime, datetime]]] = {}
    for slot in found:
        if slot.available:
            days.setdefault(slot.start.astimezone(SEOUL).date(), []).append((slot.start, slot.end))
    return list(days.values())[nth] if nth < len(days) else []


def _order(
    tx: Tx, account_id: UUID, product_id: UUID, start: datetime, end: datetime, party: int, now: datetime
) -> bool:
    """One order for one time; none where the time is taken by now (times of one day may overlap)."""
    try:
        with tx.begin_nested():
            hold = reservations.hold(
                tx,
                account_id=account_id,
                product_id=product_id,
                starts_at=start,
                ends_at=end,
                quantity=party,
                now=now,
                minutes=HELD,
            )
            orders.accept(tx, account_id=account_id, hold_ids=[hold.id], token=CARD, now=now)
    except Fact:
        return False
    return True
