"""What each of many times of a product costs: the sum of each rate is made once, the clock is read for each start."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from portal.domains import catalog
from portal.domains.catalog import Tag
from portal.kernel.money import Money

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Costs:
    """Of so many for so long, at this price, by the clock of the venue."""

    price: Tag
    quantity: int
    length: timedelta
    zone: ZoneInfo
    known: dict[Decimal, Money] = field(default_factory=dict)
    """By what one unit costs."""

    def at(self, start: datetime) -> Money:
        """What the booking that starts then comes to."""
        if not self.price.rates:
            return self.always
        shown = start.astimezone(self.zone)
        each = catalog.price_for(self.price, shown)
        if each.amount not in self.known:
            self.known[each.amount] = self._total(shown)
        return self.known[each.amount]

    @cached_property
    def always(self) -> Money:
        """The same for every start, where there are no rates."""
        return self._total(None)

    def least(self, starts: Iterable[int]) -> Money:
        """What the cheapest of these costs; starts in seconds since 1970, at least one."""
        return min(self.at(datetime.fromtimestamp(second, UTC)) for second in starts)

    def _total(self, starts: datetime | None) -> Money:
        minutes = self.length // MINUTE
        return catalog.total_for(self.price, quantity=self.quantity, minutes=minutes, starts=starts)
