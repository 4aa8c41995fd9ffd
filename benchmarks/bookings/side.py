"""One who sells bookings, with customers of its own, and what a turn of bookings cost it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.child import Child
from benchmarks.gauges import Connection, Cost, measured
from local.mail import Mail

CUSTOMERS = 16
PATIENCE = 30.0
"""Seconds that the last bookings may take after the customers have seen theirs."""


@dataclass(frozen=True)
class Open:
    """Servers that are ready for customers, by the names of their processes, and where their mails go."""

    url: str
    pids: Mapping[str, list[int]]
    mail: Mail


@dataclass(frozen=True)
class Turn:
    """So many bookings, from the first page to the last one that was whole; `took` is what each customer waited."""

    bookings: int
    cost: Cost
    took: list[float]

    @property
    def rate(self) -> float:
        """Bookings a second."""
        return self.bookings / self.cost.seconds

    @property
    def cpu(self) -> float:
        """Seconds of the processors that the servers took for a booking."""
        return sum(took for name, took in self.cost.cpu.items() if name != "customers") / self.bookings


@dataclass
class Side:
    """`whole` is the query that counts the bookings that are whole; `order` is what the customers are told."""

    name: str
    servers: Open
    customers: Child
    order: Mapping[str, Any]
    connection: Connection
    whole: str
    booked: int = 0

    def book(self, each: int) -> Turn:
        """Each customer books so often, all at once. Raises unless exactly so many bookings come to be whole."""
        bookings = each * CUSTOMERS
        with measured(self.connection, {**self.servers.pids, "customers": [self.customers.pid]}) as cost:
            self.customers.tell(**self.order, each=each, first=self.booked)
            took = self.customers.wait()
            self.booked += bookings
            self._wait_until_whole()
        return Turn(bookings, cost, took)

    def _wait_until_whole(self) -> None:
        until = time.monotonic() + PATIENCE
        while (found := self._count()) != self.booked:
            if found > self.booked or time.monotonic() > until:
                raise RuntimeError(f"{self.name}: {found} of {self.booked} bookings are whole")
            time.sleep(0.02)

    def _count(self) -> int:
        ((found,),) = self.connection.execute(self.whole.encode()).fetchall()
        return int(str(found))
