"""Free times of a product, told on the venue's clock; open to everybody."""

from datetime import date, datetime, timedelta

from pydantic import Field, RootModel

from portal.domains import reservations, resources
from portal.kernel import clock
from portal.kernel.errors import N_, Invalid
from portal.web.api.calls import call
from portal.web.api.products import visible
from portal.web.api.shapes import Day, Money, Query, Told
from portal.web.database import db

WEEK = timedelta(days=6)
MOST_DAYS = 62


class SlotTold(Told):
    """`available`: how many are free throughout; 0 for one that is past, closed or full. `price`: of what was asked."""

    start: datetime
    end: datetime
    available: int
    price: Money


class Slots(RootModel[list[SlotTold]]):
    """Every time the venue has on these days, in order."""


class Days(Query):
    first: Day | None = Field(None, alias="from", description="The venue's first day; today if not given.")
    last: Day | None = Field(None, alias="to", description="Its last day, at most 62 days in all; a week if not given.")
    quantity: int = Field(1, ge=1, le=1000, description="For how many the price is told.")
    minutes: int | None = Field(
        None, ge=1, le=1440, description="How long, for products of free length; the shortest if not given."
    )


@call("/products/<slug>/slots", answers={200: Slots}, tag="Catalog", problems={404})
def slots(slug: str, query: Days) -> Slots:
    """Free times of a product."""
    tx, now = db.session(), clock.now()
    found = visible(tx, slug)
    offering = resources.offering_of(tx, found.id)
    if offering is None:
        return Slots([])
    zone = clock.zone(resources.get_resource(tx, offering.resource_id).time_zone)
    first, last = _asked(query, now.astimezone(zone).date())
    length = None if query.minutes is None else timedelta(minutes=query.minutes)
    told = reservations.slots(tx, found.id, first=first, last=last, now=now, quantity=query.quantity, length=length)
    return Slots(
        [
            SlotTold(
                start=slot.start.astimezone(zone),
                end=slot.end.astimezone(zone),
                available=slot.available,
                price=Money.of(slot.price.amount, slot.price.currency),
            )
            for slot in told
        ]
    )


def _asked(query: Days, today: date) -> tuple[date, date]:
    first = query.first or (min(today, query.last) if query.last else today)
    last = query.last or first + WEEK
    if last < first:
        raise Invalid({"to": N_("The last day comes before the first.")})
    if (last - first).days >= MOST_DAYS:
        raise Invalid({"to": (N_("At most %(most)s days at once."), {"most": MOST_DAYS})})
    return first, last
