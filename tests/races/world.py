"""What everybody races for: two products on one pier, a class that one person books once, and a massage in parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from portal.domains import points, resources
from portal.domains.reservations import Room
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from portal.kernel.ids import new_id
from tests import factories
from tests.factories import Bookable

HALF_AN_HOUR = timedelta(minutes=30)
PIER, CLASS = 4, 6
"""Units of the pier, and places of the class."""
HALVES = 12
"""Half hours of the morning for which everybody comes."""
PRICE, WELCOME = 100, 1_000_000
"""What anything costs, and what everybody has: they pay with points, so no provider is asked in between."""


@dataclass(frozen=True)
class Ware:
    """A product as somebody wishes for it: lengths and steps in half hours; whom one may choose."""

    product_id: UUID
    resource_id: UUID
    lengths: Sequence[int] = (2,)
    step: int = 2
    most: int = 1
    choosable: Sequence[UUID] = ()


@dataclass(frozen=True)
class World:
    """Wares, people, and the first half hour."""

    wares: Sequence[Ware]
    people: Sequence[UUID]
    staff: UUID
    morning: datetime

    def time(self, half: int) -> datetime:
        return self.morning + half * HALF_AN_HOUR

    def wish(self, ware: Ware, chance: Random) -> Room:
        """A time that the product has, for so many."""
        start = chance.randrange(0, HALVES, ware.step)
        end = self.time(start + chance.choice(ware.lengths))
        return Room(ware.product_id, self.time(start), end, chance.randint(1, ware.most))


def make(engine: Engine, *, people: int) -> World:
    """All of it, the day after tomorrow."""
    now = clock.now()
    with transaction(engine) as tx:
        wares = [*_pier(tx), _class(tx), _massage(tx)]
        made = [factories.account(tx).id for _ in range(people)]
        staff = factories.account(tx).id
        for one in made:
            points.grant(tx, f"races:{one}", one, WELCOME, "welcome")
    morning = (now + timedelta(days=2)).replace(hour=0, minute=0, second=0, microsecond=0)
    return World(wares, made, staff, morning)


def close_for_a_moment(tx: Tx, ware: Ware, chance: Random, by: UUID) -> None:
    """Staff close a day long before, and open it again: it takes part in the queue, and nothing comes of it."""
    day = clock.now() - timedelta(days=chance.randint(10, 20))
    closed = resources.close_times(tx, ware.resource_id, day, day + HALF_AN_HOUR, by=by)
    resources.reopen(tx, closed.id, by=by)


def _pier(tx: Tx) -> list[Ware]:
    kayak = _bookable(tx, units=PIER, length=60, max_length=180, length_step=30, start_step=30)
    tour = _bookable(tx, on=kayak.resource, length=60, start_step=60, buffer_after=30)
    return [
        Ware(kayak.product.id, kayak.resource.id, lengths=(2, 3, 4, 6), step=1, most=3),
        Ware(tour.product.id, kayak.resource.id, most=4),
    ]


def _class(tx: Tx) -> Ware:
    yoga = _bookable(tx, units=CLASS, start_step=60, once_each=True, max_quantity=2)
    return Ware(yoga.product.id, yoga.resource.id, most=2)


def _massage(tx: Tx) -> Ware:
    kim, *others = (factories.resource(tx, name=name) for name in ("Kim", "Lee", "Park"))
    rooms = [factories.resource(tx, name=name).id for name in ("Red", "Blue")]
    rules: dict[str, Any] = {"max_length": 120, "length_step": 30, "start_step": 30, "once_each": True}
    massage = _bookable(tx, on=kim, length=60, **rules)
    factories.also(tx, massage.product.id, [one.id for one in others], rooms, choosable=True)
    therapists = [kim.id, *(one.id for one in others)]
    return Ware(massage.product.id, kim.id, lengths=(2, 3, 4), step=1, choosable=therapists)


def _bookable(tx: Tx, **rules: Any) -> Bookable:
    return factories.bookable(tx, amount=PRICE, slug=f"race-{new_id().hex[-12:]}", **rules)
