"""What a product may be booked for: its lengths, starts, window and price, and when its venue is open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.domains import catalog, resources
from portal.domains.reservations.timetable import DAY, Span
from portal.kernel import clock, questions
from portal.kernel.db import Tx

More = TypeVar("More")


@dataclass(frozen=True)
class Terms:
    """The rules of time of one product on its resource. Lengths are elapsed time; `zone` is the venue's."""

    product_id: UUID
    resource_id: UUID
    units: int
    zone: ZoneInfo
    min_length: timedelta
    max_length: timedelta
    length_step: timedelta
    start_step: timedelta
    buffer_before: timedelta
    buffer_after: timedelta
    lead_time: timedelta
    horizon_days: int
    max_quantity: int
    hours: Sequence[resources.Hours] = ()
    """The venue's week."""
    once_each: bool = False
    """Whether one person has one booking of a time at most."""
    in_parts: bool = False
    """Whether more than this resource can serve it or is needed for it."""
    parts: Sequence[resources.Part] = ()
    """Then, about a moment: what is needed, and who can be it; parts.py knows what to do with them."""

    @property
    def length_is_fixed(self) -> bool:
        return self.min_length == self.max_length

    @property
    def most(self) -> int:
        """How many units one hold may take."""
        shared = [max((c.units for c in part.candidates), default=0) for part in self.parts if not part.once]
        return min(self.max_quantity, *shared) if self.parts else min(self.max_quantity, self.units)

    def padded(self, start: datetime, end: datetime) -> Span:
        """What a booking occupies: the time itself and the buffers around it."""
        return Span(start - self.buffer_before, end + self.buffer_after)


OnSale = tuple[tuple[Terms, list[Span]] | None, catalog.Offer | None]
"""The terms of a product with its venue's closures about a start, and its offer, as far as there are any."""


@dataclass(frozen=True)
class Calendar:
    """When the venue is open by its hours, and when it is closed in spite of them."""

    opened: Sequence[Span]
    closures: Sequence[Span]

    def is_closed(self, start: datetime, end: datetime) -> bool:
        return any(closure.meets(start, end) for closure in self.closures)


def terms_and_price(tx: Tx, product_id: UUID, now: datetime) -> tuple[Terms, catalog.Tag] | None:
    """The terms of a product that is on sale and offered somewhere, and what it costs now; None for any other."""
    offered, offers = questions.answers(tx, *terms_questions(product_id, now))
    offer = offers.get(product_id)
    if offered is None or offer is None or offer.price is None or not offer.on_sale:
        return None
    return _terms(product_id, offered), offer.price


def terms_questions(
    product_id: UUID, now: datetime, *, about: datetime | None = None
) -> tuple[questions.Question[resources.Offered | None], questions.Question[dict[UUID, catalog.Offer]]]:
    """What the terms of a product and its price are made of, to be asked ahead; `about`: the start to be booked."""
    return resources.offered_question(product_id, about=about), catalog.offers_question([product_id], now)


def terms_about(tx: Tx, product_id: UUID, start: datetime) -> tuple[Terms, list[Span]] | None:
    """The terms of a product, on sale or not, and its venue's closures about this start; None if nowhere offered."""
    return _about(tx, product_id, start, resources.offered(tx, product_id, about=start))


def terms_and_offer(tx: Tx, product_id: UUID, start: datetime, now: datetime) -> OnSale:
    """The same, and the product as somebody who buys it now meets it."""
    offered, offers = questions.answers(tx, *terms_questions(product_id, now, about=start))
    return _about(tx, product_id, start, offered), offers.get(product_id)


def terms_and_offer_with(
    tx: Tx, product_id: UUID, start: datetime, now: datetime, more: questions.Question[More]
) -> tuple[OnSale, More]:
    """The same, and what more is asked, in one trip with which no transaction begins."""
    offered, offers, answer = questions.look(tx, *terms_questions(product_id, now, about=start), more)
    return (_about(tx, product_id, start, offered), offers.get(product_id)), answer


def _about(
    tx: Tx, product_id: UUID, start: datetime, offered: resources.Offered | None
) -> tuple[Terms, list[Span]] | None:
    if offered is None:
        return None
    terms = _terms(product_id, offered)
    if terms.in_parts:
        before, after = resources.AROUND
        parts = resources.parts_of(tx, product_id, within=(start - before, start + after))
        terms = replace(terms, parts=parts)
    return terms, [Span(*closure) for closure in offered.closed]


def calendar_from(terms: Terms, first: date, last: date, closures: Sequence[Span]) -> Calendar:
    """When it is open for starts on the venue's days `first` to `last`, beside the closures that have been read."""
    return Calendar(openings(terms.hours, terms.zone, first, last), closures)


def openings(hours: Iterable[resources.Hours], zone: ZoneInfo, first: date, last: date) -> list[Span]:
    """When it is open on these days and one more on either side: an opening may run past midnight, and so may a
    booking."""
    days = [first + n * DAY for n in range(-1, (last - first).days + 2)]
    return sorted(Span(*span) for day in days for span in resources.opening_spans(hours, day, zone))


def _terms(product_id: UUID, offered: resources.Offered) -> Terms:
    lengths = ("min_length", "max_length", "length_step", "start_step", "buffer_before", "buffer_after", "lead_time")
    given: dict[str, Any] = {name: timedelta(minutes=getattr(offered, name)) for name in lengths}
    return Terms(
        product_id=product_id,
        resource_id=offered.resource_id,
        units=offered.units,
        zone=clock.zone(offered.time_zone),
        horizon_days=offered.horizon_days,
        max_quantity=offered.max_quantity,
        hours=offered.hours,
        once_each=offered.once_each,
        in_parts=offered.in_parts,
        **given,
    )
