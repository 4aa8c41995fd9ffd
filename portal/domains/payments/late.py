"""Late money: the provider took it after all, and we had given the order up.

Hints come from webhooks, from the nightly comparison and from people. None is believed: before anything begins, the
provider says itself that it has the whole amount and that nothing of it went back. Then a saga takes the money in.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from portal.domains import audit, orders
from portal.domains.payments.errors import NotYet
from portal.domains.payments.gateways import Taken, named
from portal.domains.payments.models import LATE, LEFT, Payment, PaymentAttempt
from portal.kernel import sagas, wire
from portal.kernel.db import Tx
from portal.kernel.steps import Output, function

GIVEN_UP = ("refused", "cancelled")
CHARGE_GIVEN_UP = f"""
SELECT orders.state, payments.provider, payment_attempts.key,
       COALESCE(payments.provider_ref, payment_attempts.provider_ref), payments.amount, payments.currency
FROM orders
JOIN payments ON payments.order_id = orders.id AND move_number IS NULL AND payments.state IN {GIVEN_UP}
JOIN payment_attempts ON payment_id = payments.id AND kind = 'charge' AND answer IS DISTINCT FROM %(left)s
WHERE number = %(number)s
ORDER BY payment_attempts.created_at DESC LIMIT 1
"""  # noqa: S608  # our own words
Transactions = Callable[[], AbstractContextManager[Tx]]


@dataclass(frozen=True)
class Late:
    """Money of an order that was given up, as the provider confirmed it a moment ago."""

    number: str
    attempt: str
    """The key of our attempt that took it."""
    ref: str
    """The provider's reference."""


def find_late(transactions: Transactions, number: str, *, named_ref: str | None = None) -> Late | None:
    """Asks the provider whether it has the money of this order. Of an order that was not given up nobody is asked,
    nor where the hint names (`named_ref`) another charge than ours.

    None also where the amount is another one or some of it went back: that is for people to look at. No call is made
    inside a transaction. Raises Unknown when the provider does not answer, NotYet while the order is on its way back.
    """
    with transactions() as tx:
        given_up = _given_up(tx, number)
    if given_up is None or (named_ref and given_up.ref and named_ref != given_up.ref):
        return None
    gateway, ref = named(given_up.provider), given_up.ref
    if ref is None and (found := gateway.find_by_key(number, given_up.attempt)):
        ref = found.ref
    whole = Taken(given_up.amount, given_up.currency, repaid=Decimal(0))
    return Late(number, given_up.attempt, ref) if ref and gateway.taken(ref) == whole else None


def begin_late(tx: Tx, late: Late, *, told_by: str, found_by: UUID | None = None) -> None:
    """Begins the saga that books again or gives back. Whoever else has begun it: there is one for an order.

    `told_by` is provider, comparison or staff; `found_by` the member of staff. An order has one payment and a payment
    one charge, so the order's number names the charge.
    """
    begun = sagas.engine().progress(tx, "payment", late.number)
    if begun is None:
        raise RuntimeError(f"order {late.number} never asked for money")
    agreed = {name: begun.command[name] for name in AGREED}
    found = {"attempt": late.attempt, "ref": late.ref, "told_by": told_by, "found_by": found_by}
    sagas.engine().begin(tx, "late_payment", late.number, agreed | found)


def leave_late(tx: Tx, number: str) -> None:
    """A person says that nothing has to be done about late money of this order: whoever tells of it, nothing begins.

    It may have gone back by a way that neither the provider nor we can see; sending it again would be twice.
    """
    payments = select(Payment.id).join(orders.Order, orders.Order.id == Payment.order_id)
    given_up = payments.where(orders.Order.number == number, Payment.move_number.is_(None), Payment.state.in_(GIVEN_UP))
    charges = PaymentAttempt.payment_id.in_(given_up) & (PaymentAttempt.kind == "charge")
    _update(tx, PaymentAttempt, charges, answer=LEFT)


AGREED = ("order_id", "number", "account_id", "points", "charge", "currency", "accrual")
"""What the customer agreed to when they paid; it still holds when the money comes late."""


@function("payment", "what our books say of the order and its payment")
def look_up_late(tx: Tx, order_id: UUID) -> Output:
    """Look up late payment: where both stand before anything is changed."""
    row = tx.execute(
        select(orders.Order.state, orders.Order.refusal, Payment.state)
        .join(Payment, Payment.order_id == orders.Order.id)
        .where(orders.Order.id == order_id, Payment.move_number.is_(None))
    ).one()
    return {"order": row[0], "refusal": row[1], "payment": row[2]}


@function("payment", "the money counts as paid, as the provider says", name="take in late payment")
def take_in_late(
    tx: Tx, order_id: UUID, number: str, charge: Decimal, attempt: str, ref: str, told_by: str, found_by: UUID | None
) -> Output:
    """The one way from given up to paid. Raises RuntimeError where the payment is in any other state."""
    known = {"provider_ref": func.coalesce(Payment.provider_ref, ref)}
    payment_id = select(PaymentAttempt.payment_id).where(PaymentAttempt.key == attempt).scalar_subquery()
    ours = (Payment.id == payment_id) & (Payment.order_id == order_id) & (Payment.amount == charge)
    if _update(tx, Payment, ours & Payment.state.in_(GIVEN_UP), state="paid", **known) != 1:
        raise RuntimeError(f"the payment of order {number} was not given up")
    known = {"provider_ref": func.coalesce(PaymentAttempt.provider_ref, ref)}
    _update(tx, PaymentAttempt, PaymentAttempt.key == attempt, state="done", answer=LATE, **known)
    about = {"number": number, "amount": charge, "ref": ref, "told_by": told_by}
    audit.record(tx, found_by, "late.taken_in", "order", order_id, **about)
    return {"charged": str(charge)}


@dataclass(frozen=True)
class _GivenUp:
    provider: str
    attempt: str
    ref: str | None
    amount: Decimal
    currency: str


def _given_up(tx: Tx, number: str) -> _GivenUp | None:
    """The charge of this order, if we gave it up and nobody decided about it. Raises NotYet while the order is not
    cancelled yet."""
    for state, *charge in wire.ask(tx, CHARGE_GIVEN_UP, {"number": number, "left": LEFT}):
        if state != "cancelled":
            raise NotYet
        return _GivenUp(*charge)
    return None


def _update(tx: Tx, table: Any, where: Any, **values: Any) -> int:
    changed = tx.execute(
        update(table).where(where).values(**values, updated_at=func.now()).execution_options(synchronize_session=False)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result counts rows
