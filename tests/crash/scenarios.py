"""What happens in a crash cell: a booking paid, declined or confirmed late; a refund done, refused or sent again; late
money; a booking moved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import update

from portal.domains import moving, orders, points, refunds, reservations
from portal.domains.catalog.models import Price
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from portal.kernel.ids import new_id
from portal.kernel.sagas import Progress
from tests import factories
from tests.crash.house import House

POINTS = 2000
SEOUL = ZoneInfo("Asia/Seoul")


@dataclass(frozen=True)
class Begun:
    """A saga that was begun: its order, its kind and its key."""

    order_id: UUID
    account_id: UUID
    goods_id: UUID
    kind: str
    key: str


@dataclass(frozen=True)
class Scenario:
    """`begin` writes the saga. The runs with and without a crash must end alike."""

    name: str
    begin: Callable[[House], Begun]


def checkout(house: House, card: str) -> Begun:
    """Somebody books an hour and two tea sets, with points and a card."""
    with transaction(house.engine) as tx:
        account = factories.account(tx)
        product = factories.bookable(tx, amount=30000).product
        goods = factories.goods(tx, stock=5, amount=6000)
        points.grant(tx, f"welcome:{account.id}", account.id, 5000, "welcome")
    now = clock.now()
    start = datetime.combine((now + timedelta(days=3)).astimezone(SEOUL).date(), datetime.min.time(), SEOUL)
    with transaction(house.engine) as tx:
        hold = reservations.hold(
            tx,
            account_id=account.id,
            product_id=product.id,
            starts_at=start + timedelta(hours=10),
            quantity=1,
            now=now,
            minutes=15,
        )
    with transaction(house.engine) as tx:
        order = orders.accept(
            tx,
            account_id=account.id,
            hold_ids=[hold.id],
            goods=[orders.Goods(goods.id, 2)],
            points=POINTS,
            token=card,
            idempotency_key=str(new_id()),
            now=now,
        )
    return Begun(order.id, account.id, goods.id, "payment", order.number)


def return_from_toss(house: House, card: str) -> Begun:
    """Somebody books, agrees in the window of Toss, and is just back from it."""
    from portal.domains import payments

    payments.plug(payments.named("toss"))
    try:
        begun = checkout(house, "toss")
        _drive(house, begun)
    finally:
        payments.plug(payments.named("stripe"))
    with transaction(house.engine) as tx:
        order = orders.get_order(tx, begun.order_id)
        assert order.state == "awaiting_payment", order.state
        ref = house.provider.authorise(f"{order.number}-1", int(order.charge), card=card)
        back = {"paymentKey": ref, "orderId": f"{order.number}-1", "amount": str(int(order.charge))}
        assert payments.come_back(tx, order, back)
    return begun


def give_back(house: House, card: str, *, refused: bool = False) -> Begun:
    """A paid booking is given back; where refused, the provider has already sent the money back by another way."""
    bought = checkout(house, card) if card.startswith("pm_") else return_from_toss(house, card)
    _drive(house, bought)
    with transaction(house.engine) as tx:
        order = orders.get_order(tx, bought.order_id)
        assert order.state == "completed", order.state
        refund = refunds.request(tx, order, by=bought.account_id, reason="ill", now=clock.now())
    if refused:
        _send_back_behind_our_back(house, bought)
    with transaction(house.engine) as tx:
        refunds.approve(tx, refund.id, by=bought.account_id, now=clock.now())
    return Begun(bought.order_id, bought.account_id, bought.goods_id, "refund", str(refund.id))


def send_again(house: House) -> Begun:
    """The customer's bank gave the money of a refund back to us, and somebody sends it again."""
    from portal.domains import payments

    house.provider.set(pending_refund_ms=0)
    given_back = give_back(house, "pm_card_refundFail")
    _drive(house, given_back)
    with transaction(house.engine) as tx:
        (paid,) = payments.payments_of(tx, given_back.order_id)
        (sent,) = [one for one in payments.attempts_of(tx, given_back.order_id) if one.kind == "refund"]
    told = None
    while told is None or told.status == "pending":
        told = payments.current().find_repayment(str(paid.provider_ref), sent.key)
    with transaction(house.engine) as tx:
        assert refunds.settled(tx, told)
        refunds.send_again(tx, UUID(given_back.key))
    return Begun(given_back.order_id, given_back.account_id, given_back.goods_id, "repayment", f"{given_back.key}:2")


def late_money(house: House, *, free: bool) -> Begun:
    """The provider takes the money of a declined card after all, and its place is still free, or somebody's."""
    from portal.domains import payments

    declined = checkout(house, "pm_card_chargeDeclined")
    _drive(house, declined)
    with transaction(house.engine) as tx:
        (hold,) = reservations.holds_of(tx, declined.account_id, clock.now())
        reservations.release(tx, account_id=declined.account_id, hold_id=hold.id)
        if not free:
            somebody = factories.account(tx)
            wish = {"product_id": hold.product_id, "starts_at": hold.starts_at, "now": clock.now(), "minutes": 15}
            reservations.hold(tx, account_id=somebody.id, **wish)
        (payment,) = payments.payments_of(tx, declined.order_id)
    asked = {"amount": payment.amount, "currency": "KRW", "order_number": declined.key}
    payments.current().confirm(
        str(payment.provider_ref), **asked, token="pm_card_visa", return_url="http://x", key=f"late:{payment.id}"
    )
    late = payments.find_late(lambda: transaction(house.engine), declined.key)
    assert late
    with transaction(house.engine) as tx:
        payments.begin_late(tx, late, told_by="provider")
    return Begun(declined.order_id, declined.account_id, declined.goods_id, "late_payment", declined.key)


def move_to(house: House, hour: float, *, price: int, card: str = "", paid_by: str = "pm_card_visa") -> Begun:
    """A paid booking from ten to eleven moves to another hour of its day, where it costs `price`."""
    bought = checkout(house, paid_by) if paid_by.startswith("pm_") else return_from_toss(house, paid_by)
    _drive(house, bought)
    with transaction(house.engine) as tx:
        order = orders.get_order(tx, bought.order_id)
        assert order.state == "completed", order.state
        (line,) = [line for line in order.lines if line.hold_id]
        (own,) = reservations.holds(tx, [line.hold_id])
        new = update(Price).where(Price.product_id == line.product_id).values(amount=price)
        tx.execute(new.execution_options(synchronize_session=False))
        wish = moving.Wish(own.starts_at + timedelta(hours=hour - 10))
        given = {"by": bought.account_id, "house": moving.House(), "now": clock.now()}
        move = moving.request(tx, order, line.id, wish, token=card, **given)
    return Begun(bought.order_id, bought.account_id, bought.goods_id, "move", move.number)


def move_with_toss(house: House, card: str) -> Begun:
    """The same to a dearer hour, charged by Toss: the customer agrees in its window and is just back from it."""
    from portal.domains import payments

    payments.plug(payments.named("toss"))
    try:
        begun = move_to(house, 14, price=45000, card="toss", paid_by="pays")
        payments.plug(payments.named("toss"))
        _drive(house, begun)
    finally:
        payments.plug(payments.named("stripe"))
    with transaction(house.engine) as tx:
        move, order = moving.get_move(tx, begun.key), orders.get_order(tx, begun.order_id)
        assert move.action_url
        ref = house.provider.authorise(f"{move.number}-1", int(move.charge), card=card)
        back = {"paymentKey": ref, "orderId": f"{move.number}-1", "amount": str(int(move.charge))}
        assert payments.come_back(tx, order, back, move_number=move.number)
    return begun


def give_back_a_moved_one(house: House) -> Begun:
    """A booking that moved to a dearer time is given back: from both of its charges."""
    moved = move_to(house, 14, price=45000, card="pm_card_visa")
    _drive(house, moved)
    with transaction(house.engine) as tx:
        refund = refunds.request(
            tx, orders.get_order(tx, moved.order_id), by=moved.account_id, reason="ill", now=clock.now()
        )
        refunds.approve(tx, refund.id, by=moved.account_id, now=clock.now())
    return Begun(moved.order_id, moved.account_id, moved.goods_id, "refund", str(refund.id))


def _drive(house: House, begun: Begun) -> None:
    """Brings what comes before the scenario to its end, in this process and without a crash."""
    from workers.engine import Driver
    from workers.machine import policy_of
    from workers.sagas import book

    driver = Driver(house.engine, book, policy_of(house.settings))
    with transaction(house.engine) as tx:
        progress = _progress(tx, begun)
    driver.visit(progress.id)


def _progress(tx: Tx, begun: Begun) -> Progress:
    from portal.kernel import sagas

    found = sagas.engine().progress(tx, begun.kind, begun.key)
    assert found is not None
    return found


def _send_back_behind_our_back(house: House, bought: Begun) -> None:
    from portal.domains import payments

    with transaction(house.engine) as tx:
        (paid,) = payments.payments_of(tx, bought.order_id)
    assert paid.provider_ref is not None
    payments.current().repay(paid.provider_ref, amount=paid.amount, currency="KRW", key=f"elsewhere:{paid.id}")


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("booking paid", lambda house: checkout(house, "pm_card_visa")),
        Scenario("booking declined", lambda house: checkout(house, "pm_card_chargeDeclined")),
        Scenario("refund done", lambda house: give_back(house, "pm_card_visa")),
        Scenario("booking paid with Toss", lambda house: return_from_toss(house, "pays")),
        Scenario("booking declined by Toss", lambda house: return_from_toss(house, "no_funds")),
        Scenario("refund done by Toss", lambda house: give_back(house, "pays")),
        Scenario("late money booked again", lambda house: late_money(house, free=True)),
        Scenario("late money given back", lambda house: late_money(house, free=False)),
        Scenario("refund sent again", send_again),
        Scenario("move at the same price", lambda house: move_to(house, 14, price=30000)),
        Scenario("move onto its own time", lambda house: move_to(house, 10.5, price=30000)),
        Scenario("dearer move paid", lambda house: move_to(house, 14, price=45000, card="pm_card_visa")),
        Scenario("dearer move declined", lambda house: move_to(house, 14, price=45000, card="pm_card_chargeDeclined")),
        Scenario("cheaper move", lambda house: move_to(house, 14, price=20000)),
        Scenario("dearer move paid with Toss", lambda house: move_with_toss(house, "pays")),
        Scenario("dearer move declined by Toss", lambda house: move_with_toss(house, "no_funds")),
        Scenario("moved booking given back", give_back_a_moved_one),
        Scenario("refund refused", lambda house: give_back(house, "pm_card_visa", refused=True)),
    )
}
