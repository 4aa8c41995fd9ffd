"""What there is to do in the real saga: slots that customers hold, made before the clock starts."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from benchmarks.house import House
from benchmarks.sagas.real.checkout import POINTS
from portal.domains import points, reservations
from portal.kernel import clock
from portal.kernel.db import make_engine, transaction
from tests import factories

UNITS, ACCOUNTS = 40, 80
FIRST_DAY = timedelta(days=2)

COMPLETED = """
SELECT count(*) FROM orders AS o
JOIN reservations AS r ON r.order_id = o.id AND r.status = 'CONFIRMED'
JOIN payments AS p ON p.order_id = o.id AND p.state = 'paid'
WHERE o.state = 'completed' AND o.idempotency_key = ANY(%s)
    AND (SELECT count(*) FROM points_entries WHERE order_id = o.id) = 2
"""


class RealWork:
    """One product on a resource of many units; each order is one slot with points and a card."""

    name = "real"
    commits_ahead = 1  # the hold

    def __init__(self, house: House) -> None:
        self.house = house
        self._engine = make_engine(house.database_url, pool_size=2)
        self._slots = 0
        with transaction(self._engine) as tx:
            self._product = factories.bookable(tx, units=UNITS, amount=30000).product.id
            self._accounts = [factories.account(tx, email=f"bench{n}@example.com").id for n in range(ACCOUNTS)]
            for account in self._accounts:
                points.grant(tx, f"bench:{account}", account, POINTS * 1000, "for figures")

    def take(self, count: int) -> dict[str, Any]:
        """The next `count` slots, each held by a customer."""
        now = clock.now()
        start = (now + FIRST_DAY).replace(minute=0, second=0, microsecond=0)
        orders: list[tuple[str, str]] = []
        for number in range(self._slots, self._slots + count):
            account: UUID = self._accounts[number % ACCOUNTS]
            with transaction(self._engine) as tx:
                held = reservations.hold(
                    tx,
                    account_id=account,
                    product_id=self._product,
                    starts_at=start + timedelta(hours=number // UNITS),
                    now=now,
                    minutes=240,
                    idempotency_key=f"bench:{number}",
                )
            orders.append((str(account), str(held.id)))
        self._slots += count
        return {"orders": orders}

    def check(self, taken: dict[str, Any]) -> None:
        """Raises unless each of these orders is paid, confirmed and has moved its points both ways."""
        keys = [hold for _, hold in taken["orders"]]
        with self.house.connect() as connection:
            row = connection.execute(COMPLETED, [keys]).fetchone()
        if row is None or row[0] != len(keys):
            raise RuntimeError(f"{len(keys)} bookings were paid for, {row and row[0]} are complete")

    def close(self) -> None:
        """Gives the connections back."""
        self._engine.dispose()
