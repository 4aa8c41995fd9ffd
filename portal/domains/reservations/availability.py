"""What is free when: the slots of a product and the look of its days, in one query however many there are."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from portal.domains import resources
from portal.domains.reservations import parts, sheet
from portal.domains.reservations.changes import KEPT
from portal.domains.reservations.costs import Costs
from portal.domains.reservations.rules import state_of, window
from portal.domains.reservations.terms import Terms, terms_and_price
from portal.domains.reservations.timetable import DAY, Span, midnight
from portal.kernel import questions, wire
from portal.kernel.db import Tx
from portal.kernel.money import Money

LOOK_BACK = timedelta(days=31)

BUSY = f"""
{sheet.TAKEN}
WHERE resource_id IN (%(ids)s) AND during && tstzrange(%(since)s, %(until)s) AND status <> 'CANCELLED' AND {KEPT}
    {{besides}}
GROUP BY resource_id, unit
"""  # the rule is our own words
BUSY, BUSY_BESIDES = BUSY.format(besides=""), BUSY.format(besides="AND hold_id <> %(besides)s")


class Slot(NamedTuple):
    """A time that the venue has. `available`: the most that one booking can take throughout (0 when it cannot be
    booked any more); `units`: the most it ever could.

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
    """One of the venue's days: the best state of its slots (closed without any), how many can be booked, and what the
    cheapest of these costs; None where all days cost the same."""

    date: date
    state: str
    bookable: int
    price: Money | None = None


@dataclass(frozen=True)
class _Look:
    """A filled sheet, and where in it the times begin that can be booked at this moment, and end."""

    sheet: sheet.Sheet
    past: int
    soon: int
    end: int

    def state(self, at: int, quantity: int) -> str:
        if at < self.past:
            return "past"
        if at >= self.end or self.sheet.closed[at]:
            return "closed"
        if at < self.soon:
            return "soon"
        return state_of(self.sheet.available[at], scarce=bool(self.sheet.scarce[at]), quantity=quantity)


def slots(
    tx: Tx,
    product_id: UUID,
    *,
    first: date,
    last: date,
    now: datetime,
    quantity: int = 1,
    length: timedelta | None = None,
    served_by: Sequence[UUID] = (),
    besides: UUID | None = None,
) -> list[Slot]:
    """Every slot that starts on the venue's days `first` to `last`, in order; none for a product not on sale.

    Days more than a month ago and days beyond the product's horizon have none either, however far is asked.
    `length` is for products of free length; the shortest one unless given. `served_by`: with these resources only.
    `besides`: what this hold has counts as free, for the booking that moves away from it.
    The price is that of `quantity` at `now`, because a hold fixes the price of the moment it is made, by the rate for
    the slot's start.
    """
    found = terms_and_price(tx, product_id, now)
    if found is None:
        return []
    terms, price = found
    length = length or terms.min_length
    cost = Costs(price, quantity, length, terms.zone)
    look = _look(tx, terms, first, last, now, length, served_by, besides)
    told, lasts = [], length.total_seconds()
    for at, second in enumerate(look.sheet.starts):
        start, state = datetime.fromtimestamp(second, UTC), look.state(at, quantity)
        end = datetime.fromtimestamp(second + lasts, UTC)
        available = look.sheet.available[at] if state in ("free", "few", "full") else 0
        units = look.sheet.units
        told.append(Slot(start, end, min(available, units), units, cost.at(start), state))
    return told


def day_states(
    tx: Tx,
    product_id: UUID,
    *,
    first: date,
    last: date,
    now: datetime,
    quantity: int = 1,
    length: timedelta | None = None,
    served_by: Sequence[UUID] = (),
    besides: UUID | None = None,
) -> list[Day]:
    """Every one of the venue's days from `first` to `last`, for a month; the same queries as `slots`."""
    days = [first + n * DAY for n in range((last - first).days + 1)]
    found = terms_and_price(tx, product_id, now)
    if found is None:
        return [Day(day, "closed", 0) for day in days]
    terms, price = found
    length = length or terms.min_length
    look = _look(tx, terms, first, last, now, length, served_by, besides)
    costs = Costs(price, quantity, length, terms.zone) if price.rates else None
    starts = look.sheet.starts
    begins = [bisect_left(starts, midnight(day, terms.zone).timestamp()) for day in [*days, last + DAY]]
    return [_day(look, day, begins[n], begins[n + 1], quantity, costs) for n, day in enumerate(days)]


def _day(look: _Look, day: date, first: int, behind: int, quantity: int, costs: Costs | None) -> Day:
    """The best of its states, best first: free, few, full, soon, closed, past."""
    page = look.sheet
    here = range(max(first, look.soon), min(behind, look.end))
    free = [at for at in here if page.available[at] >= quantity and not page.closed[at]]
    if free:
        state = "few" if all(page.scarce[at] for at in free) else "free"
        return Day(day, state, len(free), costs.least(page.starts[at] for at in free) if costs else None)
    if not all(page.closed[at] for at in here):
        return Day(day, "full", 0)
    if not all(page.closed[at] for at in range(max(first, look.past), min(behind, look.soon))):
        return Day(day, "soon", 0)
    return Day(day, "past" if first < behind <= look.past else "closed", 0)


def _look(
    tx: Tx,
    terms: Terms,
    first: date,
    last: date,
    now: datetime,
    length: timedelta,
    served_by: Sequence[UUID],
    besides: UUID | None,
) -> _Look:
    today = now.astimezone(terms.zone).date()
    first, last = max(first, today - LOOK_BACK), min(last, today + terms.horizon_days * DAY)
    if last < first:
        return _Look(sheet.fill((), first, last, length=length), 0, 0, 0)
    # As far as a start on these days can reach, on whatever clock; of what was before, only as far as a buffer reaches.
    until = midnight(last + 3 * DAY, terms.zone)
    within = Span(min(max(midnight(first - DAY, terms.zone), now - DAY), until), until)
    page = sheet.fill(_parts(tx, terms, within, served_by, besides), first, last, length=length, since=now)
    open_now = window(terms, now)
    bounds = (now, open_now.start, open_now.end)
    return _Look(page, *(bisect_left(page.starts, moment.timestamp()) for moment in bounds))


def _parts(tx: Tx, terms: Terms, within: Span, served_by: Sequence[UUID], besides: UUID | None) -> list[sheet.Part]:
    """What serves the product in this span, with all that is booked of it, read at once."""
    if not terms.in_parts:
        closed, busy = questions.answers(
            tx,
            resources.closures_question(terms.resource_id, within=(within.start, within.end)),
            _busy([terms.resource_id], within, besides),
        )
        closures = [Span(closure.starts_at, closure.ends_at) for closure in closed]
        return [sheet.Part([sheet.Row(terms, closures, busy.get(terms.resource_id, ()))])]
    known = resources.parts_of(tx, terms.product_id, within=(within.start, within.end))
    known = [parts.only(part, served_by) for part in known]
    candidates = [one.resource_id for part in known for one in part.candidates]
    busy = questions.answer(tx, _busy(candidates, within, besides)) if candidates else {}
    return [
        sheet.Part(
            [
                sheet.Row(
                    parts.own_terms(terms, one),
                    [Span(*closure) for closure in one.closed],
                    busy.get(one.resource_id, ()),
                )
                for one in part.candidates
            ],
            part.once,
        )
        for part in known
    ]


def _busy(
    resource_ids: Sequence[UUID], within: Span, besides: UUID | None
) -> questions.Question[Mapping[UUID, list[sheet.Busy]]]:
    """What is taken of each of these resources, one at least."""
    sql, ids = wire.each(BUSY_BESIDES if besides else BUSY, "ids", resource_ids)
    given = {**ids, "since": within.start, "until": within.end} | ({"besides": besides} if besides else {})
    return questions.Question(sql, given, sheet.by_resource)
