"""Gives the sample world a past and something to decide: visits that are over, a payment in doubt, refunds asked for.

All of it goes through the front doors, only at other moments: what is over was held and ordered days before. The
workers then pay it as they pay anything else.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from portal.domains import catalog, identity, orders, refunds, reservations
from portal.kernel.db import Tx
from portal.seeds.sample.bookings import CARD, HELD, SEOUL

LOST_CARD = "pm_card_lost"
"""The provider has no such card, which is neither a yes nor a no: the payment stays in doubt until a person ends it."""
TWO_WEEKS = 14 * 24 * 3600
DAY = timedelta(days=1)
LATEST = timedelta(days=7)
"""How far from the day that is wished for a day with a free time is looked for."""


class Visit(NamedTuple):
    """Somebody's booking about so many days from now; before now, it is over."""

    email: str
    slug: str
    days: int
    party: int
    card: str = CARD
    pay_within: int = 1800


VISITS = (
    Visit("customer@example.com", "bukchon-morning", -9, 2),
    Visit("customer@example.com", "cedar-sauna", 6, 1),
    Visit("customer2@example.com", "rehearsal-room", -4, 1),
    Visit("customer2@example.com", "gwangalli-kayak", -2, 3),
    Visit("customer3@example.com", "seminar-room", -5, 1),
    Visit("customer3@example.com", "cedar-sauna", -1, 1),
    Visit("customer3@example.com", "photo-studio", 4, 1, LOST_CARD, TWO_WEEKS),
)


class Ask(NamedTuple):
    """Somebody's wish to have the money of a booking back."""

    email: str
    slug: str
    reason: str


ASKS = (
    Ask("customer2@example.com", "kimchi-kitchen", "Two of us have caught a cold and will not come near a kitchen."),
    Ask("customer3@example.com", "harbour-lights", "The ferry from Jeju was cancelled, we cannot be there in time."),
)


def visit(tx: Tx, *, now: datetime) -> int:
    """Places the orders of VISITS, once; answers how many. Needs the saga engine plugged in."""
    first = identity.find_by_email(tx, VISITS[0].email)
    if first is None or orders.orders_of(tx, first.id, limit=1):
        return 0
    return sum(_place(tx, wish, now) for wish in VISITS)


def ask(tx: Tx, *, now: datetime) -> int:
    """Asks for the refunds of ASKS as far as the orders are paid, each once; answers how many orders are not yet."""
    unpaid = 0
    for wish in ASKS:
        account = identity.find_by_email(tx, wish.email)
        order = _order_of(tx, account.id, wish.slug) if account else None
        if account is None or order is None or refunds.refunds_of(tx, order.id):
            continue
        if order.state == "completed":
            refunds.request(tx, order, by=account.id, reason=wish.reason, now=now)
        unpaid += order.state == "processing"
    return unpaid


def _place(tx: Tx, wish: Visit, now: datetime) -> int:
    account, product = identity.find_by_email(tx, wish.email), catalog.find_product(tx, wish.slug)
    times = _times(tx, product.id, wish, now) if product else []
    if account is None or product is None or not times:
        return 0
    slot = times[len(times) // 2]
    then = min(now, slot.start - 2 * DAY)
    hold = reservations.hold(
        tx,
        account_id=account.id,
        product_id=product.id,
        starts_at=slot.start,
        ends_at=slot.end,
        quantity=wish.party,
        now=then,
        minutes=HELD,
    )
    orders.accept(tx, account_id=account.id, hold_ids=[hold.id], token=wish.card, now=then, pay_within=wish.pay_within)
    return 1


def _times(tx: Tx, product_id: UUID, wish: Visit, now: datetime) -> Sequence[reservations.Slot]:
    """The free times of the day that is wished for, or of the nearest one that has any, farther from now."""
    step = DAY if wish.days > 0 else -DAY
    day = (now + wish.days * DAY).astimezone(SEOUL).date()
    then = min(now, now + wish.days * DAY - 2 * LATEST)
    for n in range(LATEST // DAY):
        on = day + n * step
        found = reservations.slots(tx, product_id, first=on, last=on, now=then, quantity=wish.party)
        if free := [slot for slot in found if slot.available >= wish.party]:
            return free
    return []


def _order_of(tx: Tx, account_id: UUID, slug: str) -> orders.Order | None:
    """Their latest order of that product."""
    product = catalog.find_product(tx, slug)
    for order in orders.orders_of(tx, account_id):
        if product and any(line.product_id == product.id for line in order.lines):
            return order
    return None
