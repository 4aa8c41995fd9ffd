"""What a product may be booked for: its lengths, starts, window and price, and when its venue is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.domains import catalog, resources
from portal.domains.reservations.timetable import DAY, Span, midnight
from portal.kernel import clock
from portal.kernel.db import Tx


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

    @property
    def length_is_fixed(self) -> bool:
        return self.min_length == self.max_length

    @property
    def most(self) -> int:
        """How many units one hold may take."""
        return min(self.max_quantity, self.units)

    def padded(self, start: datetime, end: datetime) -> Span:
        """What a booking occupies: the time itself and the buffers around it."""
        return Span(start - self.buffer_before, end + self.buffer_after)


@dataclass(frozen=True)
class Calendar:
    """When the venue is open by its hours, and when it is closed in spite of them."""

    opened: Sequence[Span]
    closures: Sequence[Span]

    def is_closed(self, start: datetime, end: datetime) -> bool:
        return any(closure.meets(start, end) for closure in self.closures)


def terms_of(tx: Tx, product_id: UUID) -> Terms | None:
    """The terms of a product that is on sale and offered somewhere; None for any other."""
    offering = resources.offering_of(tx, product_id)
    if offering is None:
        return None
    if not catalog.on_sale(tx, product_id):
        return None
    resource = resources.get_resource(tx, offering.resource_id)
    lengths = ("min_length", "max_length", "length_step", "start_step", "buffer_before", "buffer_after", "lead_time")
    return Terms(
        product_id=product_id,
        resource_id=resource.id,
        units=resource.units,
        zone=clock.zone(resource.time_zone),
        horizon_days=offering.horizon_days,
        max_quantity=offering.max_quantity,
        **{name: timedelta(minutes=getattr(offering, name)) for name in lengths},
    )


def calendar_of(tx: Tx, terms: Terms, first: date, last: date) -> Calendar:
    """Openings and closures that matter for starts on the venue's days `first` to `last`.

    One day more on either side: an opening may run past midnight, and so may a booking.
    """
    hours = resources.hours_of(tx, terms.resource_id)
    days = [first + n * DAY for n in range(-1, (last - first).days + 2)]
    opened = [Span(*span) for day in days for span in resources.opening_spans(hours, day, terms.zone)]
    within = (midnight(first, terms.zone), midnight(last + 2 * DAY, terms.zone))
    closed = resources.closures_of(tx, terms.resource_id, within=within)
    return Calendar(sorted(opened), [Span(closure.starts_at, closure.ends_at) for closure in closed])
