"""What the sample world is told in: places, products, and what they have cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.domains.catalog import RateFields
from portal.domains.resources import OfferingRules


@dataclass(frozen=True)
class Place:
    """Something to book. `hours` as people write them; `rests` is closed on Korean public holidays."""

    name: str
    place: str
    units: int
    hours: str
    time_zone: str = "Asia/Seoul"
    rests: bool = False


@dataclass(frozen=True)
class Cost:
    """What it costs now, what it cost last year, what it will cost from next month, and what at some times."""

    now: int
    unit: str
    before: int | None = None
    soon: int | None = None
    why: str = ""
    rates: Sequence[RateFields] = ()


@dataclass(frozen=True)
class Booking:
    """A product with times, on a place known by its slug."""

    slug: str
    name: str
    category: str
    cover: str
    place: str
    cost: Cost
    rules: OfferingRules
    summary: str
    description: str
    attributes: Mapping[str, object] = field(default_factory=dict)
    policy: str = ""
    """The name of its refund policy; none is the usual one."""


@dataclass(frozen=True)
class Size:
    """A variant of goods."""

    name: str
    cost: Cost
    stock: int


@dataclass(frozen=True)
class Goods:
    """Something to take along; with `sizes`, one of them."""

    slug: str
    name: str
    category: str
    cover: str
    cost: Cost
    stock: int
    summary: str
    description: str
    attributes: Mapping[str, object] = field(default_factory=dict)
    sizes: tuple[Size, ...] = ()
