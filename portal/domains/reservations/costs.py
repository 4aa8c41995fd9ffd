"""What each of many times of a product costs: the sum of each rate is made once, the clock is read for each start."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
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
        shown = start.astimezone(self.zone) if self.price.rates else None
        each = catalog.price_for(self.price, shown)
        if each.amount not in self.known:
            minutes = self.length // MINUTE
            self.known[each.amount] = catalog.total_for(
                self.price, quantity=self.quantity, minutes=minutes, starts=shown
            )
        return self.known[each.amount]

    def least(self, starts: Iterable[int]) -> Money:
        """What the cheapest of these costs; starts in seconds since 1970, at least one."""
        return min(self.at(datetime.fromtimestamp(second, UTC)) for second in starts)
