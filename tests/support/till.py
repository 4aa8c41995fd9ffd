"""A till for tests of money: the real domains, the real provider, and a driver that a test steps by hand."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

import local.provider
from portal.domains import moving, orders, payments, points, refunds, reservations
from portal.domains.payments.gateways import Repayment
from portal.domains.payments.gateways.port import RepaymentStatus
from portal.domains.payments.gateways.stripe import StripeGateway
from portal.kernel import clock, sagas
from portal.kernel.db import transaction
from portal.kernel.ids import new_id
from portal.kernel.sagas import Progress
from tests import factories
from workers.engine import Driver, Policy, SagaPort
from workers.sagas import book

SEOUL = ZoneInfo("Asia/Seoul")
USUAL = moving.House()
QUICK = Policy(lease=5, pace=0.01, cap=0.002, settle=0.0, max_attempts=8)


@dataclass
class Shop:
    """One customer, one room, tea to take along, and everything that can be read off afterwards."""

    engine: Engine
    provider: local.provider.Provider
    driver: Driver
    account_id: UUID
    product_id: UUID
    goods_id: UUID
    start: datetime

    def order(
        self, *, card: str = "pm_card_visa", points: int = 2000, tea: int = 2, pay_within: int = 1800, hour: int = 10
    ) -> orders.Order:
        with transaction(self.engine) as tx:
            hold = reservations.hold(
                tx,
                account_id=self.account_id,
                product_id=self.product_id,
                starts_at=self.start + timedelta(hours=hour),
                now=clock.now(),
                minutes=15,
            )
        with transaction(self.engine) as tx:
            return orders.accept(
                tx,
                account_id=self.account_id,
                hold_ids=[hold.id],
                goods=[orders.Goods(self.goods_id, tea)] if tea else [],
                points=points,
                token=card,
                idempotency_key=str(new_id()),
                now=clock.now(),
                pay_within=pay_within,
            )

    def drive(self, kind: str, key: str, visits: int = 12) -> str:
        """Visits until the saga rests or waits for somebody outside."""
        for _ in range(visits):
            progress = self.progress(kind, key)
            state = self.driver.visit(progress.id)
            if state in {"done", "compensated", "parked", "waiting"}:
                return state
            self.sql("UPDATE sagas SET next_at = now() WHERE lease_until IS NULL")
        return self.progress(kind, key).state

    def progress(self, kind: str, key: str) -> Progress:
        with transaction(self.engine) as tx:
            found = sagas.engine().progress(tx, kind, key)
        assert found is not None
        return found

    def in_doubt(self, fault: str = "cut_before") -> orders.Order:
        """An order whose charge nobody knows the fate of, parked; the provider answers again."""
        order = self.order()
        self.provider.fault("confirm", fault)
        self.provider.fault("retrieve", "error_before", times=50)
        saga_id = self.progress("payment", order.number).id
        self.driver.visit(saga_id)
        self.sql("UPDATE sagas SET next_at = now(), failing_since = now() - interval '1 day'")
        self.driver.visit(saga_id)
        assert self.progress("payment", order.number).state == "parked"
        self.provider.clear_faults()
        return order

    def given_up(self, *, keeps: bool = False, **how: Any) -> orders.Order:
        """An order whose card was declined, and whose place its customer lets go (or `keeps`)."""
        order = self.order(card="pm_card_chargeDeclined", **how)
        assert self.drive("payment", order.number) == "compensated"
        if not keeps:
            self.sql("UPDATE reservations SET status = 'CANCELLED' WHERE order_id IS NULL")
        return order

    def pay_late(self, order: orders.Order) -> str:
        """The provider takes the money all the same: the charge it had refused goes through. Its reference."""
        ref: str = self.sql("SELECT provider_ref FROM payments WHERE order_id = :id", id=order.id)[0].provider_ref
        given: Any = {"amount": order.charge, "currency": order.currency, "order_number": order.number}
        back, key = "http://localhost/x", f"late {order.number}"
        paid = payments.current().confirm(ref, **given, token="pm_card_visa", return_url=back, key=key)
        assert paid.status == "paid"
        return ref

    def take_in(self, order: orders.Order, told_by: str = "provider") -> bool:
        """Somebody has a hint of late money; whether the provider confirmed it and its saga has begun."""
        late = payments.find_late(lambda: transaction(self.engine), order.number)
        if late:
            with transaction(self.engine) as tx:
                payments.begin_late(tx, late, told_by=told_by)
        return late is not None

    def bought(self, **how: Any) -> orders.Order:
        """A booking that was paid."""
        order = self.order(**how)
        assert self.drive("payment", order.number) == "done"
        return self.get(order)

    def costs(self, amount: int) -> None:
        """From now on an hour costs so much; what was chosen before keeps its price."""
        self.sql("UPDATE prices SET amount = :amount WHERE unit <> 'piece'", amount=amount)

    def free_length(self, step: int = 30) -> None:
        """From now on bookings begin every so many minutes, last as long as one likes, and cost by the half hour."""
        rules = "start_step = :step, length_step = :step, min_length = :step, max_length = 600"
        self.sql(f"UPDATE offerings SET {rules}", step=step)  # the rule is our own words
        self.sql("UPDATE prices SET unit = 'half_hour', amount = amount / 2 WHERE unit = 'booking'")

    def wish(self, hour: float, length: float | None = None) -> moving.Wish:
        start = self.start + timedelta(hours=hour)
        return moving.Wish(start, start + timedelta(hours=length) if length else None)

    def move(
        self,
        order: orders.Order,
        hour: float = 12,
        length: float | None = None,
        *,
        card: str = "pm_card_visa",
        house: moving.House = USUAL,
        **more: Any,
    ) -> moving.Move:
        """The customer agrees to move the order's first booking to another hour of its day."""
        with transaction(self.engine) as tx:
            fresh = orders.get_order(tx, order.id)
            line = next(line for line in fresh.lines if line.hold_id)
            given: dict[str, Any] = {"by": self.account_id, "house": house, "now": clock.now(), "token": card}
            return moving.request(tx, fresh, line.id, self.wish(hour, length), **given | more)

    def moved(self, move: moving.Move) -> moving.Move:
        with transaction(self.engine) as tx:
            return moving.get_move(tx, move.number)

    def booked(self) -> list[tuple[float, float]]:
        """From which hour to which the one room is confirmed, in order."""
        rows = self.sql("SELECT lower(during), upper(during) FROM reservations WHERE status = 'CONFIRMED' ORDER BY 1")
        return [tuple((at - self.start) / timedelta(hours=1) for at in row) for row in rows]

    def take_the_place(self, hour: int = 10) -> None:
        """Somebody else holds the time."""
        with transaction(self.engine) as tx:
            reservations.hold(
                tx,
                account_id=factories.account(tx).id,
                product_id=self.product_id,
                starts_at=self.start + timedelta(hours=hour),
                now=clock.now(),
                minutes=15,
            )

    def refund(self, order: orders.Order, line_ids: list[UUID] | None = None) -> refunds.Refund:
        """Asks for a refund and approves it."""
        with transaction(self.engine) as tx:
            fresh = orders.get_order(tx, order.id)
            asked = refunds.request(
                tx, fresh, by=self.account_id, reason="I am ill.", now=clock.now(), line_ids=line_ids
            )
        with transaction(self.engine) as tx:
            return refunds.approve(tx, asked.id, by=self.account_id, now=clock.now())

    def refund_sent(self, card: str = "pm_card_refundFail", *, part: bool = False) -> refunds.Refund:
        """A refund, of an order or of its tea alone, that the provider has taken."""
        self.provider.set(pending_refund_ms=0)
        order = self.order(card=card)
        assert self.drive("payment", order.number) == "done"
        refund = self.refund(order, [self.get(order).lines[1].id] if part else None)
        assert self.drive("refund", str(refund.id)) == "done"
        return self.refunded(refund)

    def bank_says(self, status: RepaymentStatus) -> bool:
        """What the provider's webhook tells of the latest repayment. Whether it told anything new."""
        latest = "SELECT provider_ref FROM payment_attempts WHERE kind = 'refund' ORDER BY created_at DESC LIMIT 1"
        told = Repayment(self.sql(latest)[0].provider_ref, status, "expired_or_canceled_card")
        with transaction(self.engine) as tx:
            return refunds.settled(tx, told)

    def nothing_pending_there(self) -> None:
        """Waits until the provider has ended every repayment."""
        end = time.monotonic() + 5
        while any(one["status"] == "pending" for one in self.provider.books()["refunds"]):
            assert time.monotonic() < end
            time.sleep(0.02)

    def refund_came_back(self) -> refunds.Refund:
        """A refund whose money the bank gave back to us, by the provider's books and by ours."""
        refund = self.refund_sent()
        self.nothing_pending_there()
        assert self.bank_says("failed")
        return self.refunded(refund)

    def get(self, order: orders.Order) -> orders.Order:
        with transaction(self.engine) as tx:
            return orders.get_order(tx, order.id)

    def refunded(self, refund: refunds.Refund) -> refunds.Refund:
        with transaction(self.engine) as tx:
            return refunds.get_refund(tx, refund.id)

    def places(self) -> list[str]:
        return [row.status for row in self.sql("SELECT status FROM reservations ORDER BY created_at")]

    def stock(self) -> int:
        return int(self.sql("SELECT stock FROM products WHERE kind = 'goods'")[0].stock)

    def balance(self) -> points.Balance:
        with transaction(self.engine) as tx:
            return points.balance_of(tx, self.account_id)

    def charged(self, order: orders.Order) -> list[int]:
        """What the provider's own books say was taken for this order."""
        return [
            payment["amount_received"]
            for payment in self.provider.books()["payments"]
            if _of(payment, order) and payment["amount_received"]
        ]

    def sent_back(self, order: orders.Order) -> int:
        """What the provider's own books say went back for this order."""
        return sum(payment["amount_refunded"] for payment in self.provider.books()["payments"] if _of(payment, order))

    def mails(self) -> list[str]:
        return [row.template for row in self.sql("SELECT template FROM mails ORDER BY created_at")]

    def force(self, statement: str) -> None:
        """Writes what the database refuses, as if another history had led to it."""
        with self.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement))

    def sql(self, statement: str, **given: Any) -> list[Any]:
        with self.engine.begin() as connection:
            result = connection.execute(text(statement), given)
            return list(result) if result.returns_rows else []


def _of(payment: dict[str, Any], order: orders.Order) -> bool:
    """Whether the provider took it for this order, or for a move of it."""
    number = payment["metadata"].get("order") or ""
    return number == order.number or number.startswith(f"{order.number}-M")


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local.provider.Provider]:
    with local.provider.running(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def shop(database: Engine, provider: local.provider.Provider) -> Iterator[Shop]:
    sagas.plug(SagaPort(book, lambda _id: None))
    payments.plug(StripeGateway("sk_test_local", webhook_secret="whsec_local", api_base=provider.url, timeout=1.0))
    with transaction(database) as tx:
        account = factories.account(tx)
        product = factories.bookable(tx, amount=30000).product
        goods = factories.goods(tx, stock=5, amount=6000)
        points.grant(tx, f"welcome:{account.id}", account.id, 5000, "welcome")
    day = (clock.now() + timedelta(days=3)).astimezone(SEOUL).date()
    start = datetime.combine(day, datetime.min.time(), SEOUL)
    yield Shop(database, provider, Driver(database, book, QUICK), account.id, product.id, goods.id, start)
    provider.clear_faults()
    provider.set(pending_refund_ms=2000)
