"""What is free when: the slots of a product and the look of its days, in one query however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from portal.domains import catalog
from portal.domains.reservations.changes import kept
from portal.domains.reservations.claims import TOUCHED, asked
from portal.domains.reservations.models import Reservation
from portal.domains.reservations.rules import MINUTE, state_of, window
from portal.domains.reservations.terms import Terms, calendar_of, terms_of
from portal.domains.reservations.timetable import DAY, Span, grid, midnight, units_taken
from portal.kernel.db import Tx
from portal.kernel.money import Money

BEST_FIRST = ("free", "few", "full", "soon", "closed", "past")
BOOKABLE = ("free", "few")
LOOK_BACK = timedelta(days=31)

_BUSY = (
    select(Reservation.unit, func.lower(Reservation.during), func.upper(Reservation.during))
    .where(TOUCHED, kept())
    .order_by(Reservation.unit, func.lower(Reservation.during))
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that the venue has. `available` counts units free throughout (0 when it cannot be booked any more).

    `state`: free, few, full (fewer than asked for), soon (too short notice), closed (closure, too far ahead), past.
    """

    start: datetime
    end: datetime
    available: int
    units: int
    price: Money
    state: str


@dataclass(frozen=True)
class Day:
    """One of the venue's days: the best state of its slots (closed without any), and how many can be booked."""

    date: date
    state: str
    bookable: int


def slots(
    tx: Tx,
    product_id: UUID,
    *,
    first: date,
    last: date,
    now: datetime,
    quantity: int = 1,
    length: timedelta | None = None,
) -> list[Slot]:
    """Every slot that starts on the venue's days `first` to `last`, in order; none for a product not on sale.

    Days more than a month ago and days beyond the product's horizon have none either, however far is asked.
    `length` is for products of free length; the shortest one unless given. The price is that of `quantity` at `now`,
    whenever the slot is, because a hold fixes the price of the moment it is made.
    """
    terms = terms_of(tx, product_id)
    price = catalog.price_at(tx, product_id, now) if terms else None
    if terms is None or price is None:
        return []
    today = now.astimezone(terms.zone).date()
    first, last = max(first, today - LOOK_BACK), min(last, today + terms.horizon_days * DAY)
    if last < first:
        return []
    length = length or terms.min_length
    cost = catalog.total_for(price, quantity=quantity, minutes=length // MINUTE)
    calendar = calendar_of(tx, terms, first, last)
    within = Span(midnight(first, terms.zone), midnight(last + DAY, terms.zone))
    times = sorted(grid(calendar.opened, within=within, step=terms.start_step, length=length))
    taken = _taken(tx, terms, times)
    bookable = window(terms, now)
    found = []
    for (start, end), units in zip(times, taken, strict=True):
        if start < now:
            available, state = 0, "past"
        elif start >= bookable.end or calendar.is_closed(start, end):
            available, state = 0, "closed"
        elif start < bookable.start:
            available, state = 0, "soon"
        else:
            available = max(0, terms.units - units)
            state = state_of(available, units=terms.units, quantity=quantity)
        found.append(Slot(start, end, available, terms.units, cost, state))
    return found


def day_states(
    tx: Tx,
    product_id: UUID,
    *,
    first: date,
    last: date,
    now: datetime,
    quantity: int = 1,
    length: timedelta | None = None,
) -> list[Day]:
    """Every one of the venue's days from `first` to `last`, for a month strip; the same queries as `slots`."""
    terms = terms_of(tx, product_id)
    by_day: dict[date, list[str]] = {first + n * DAY: [] for n in range((last - first).days + 1)}
    if terms:
        for slot in slots(tx, product_id, first=first, last=last, now=now, quantity=quantity, length=length):
            by_day[slot.start.astimezone(terms.zone).date()].append(slot.state)
    return [
        Day(day, min(states, key=BEST_FIRST.index, default="closed"), sum(state in BOOKABLE for state in states))
        for day, states in by_day.items()
    ]


def _taken(tx: Tx, terms: Terms, times: Sequence[tuple[datetime, datetime]]) -> list[int]:
    """How many units are taken at some moment of each of these times, buffers included."""
    if not times:
        return []
    spans = [terms.padded(*time) for time in times]
    whole = Span(spans[0].start, spans[-1].end)
    return units_taken(spans, tx.execute(_BUSY, asked(terms.resource_id, whole)))
