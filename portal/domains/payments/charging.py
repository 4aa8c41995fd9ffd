"""The pivot of a booking: the charge at the provider, cut in four so that a kill between any two lines loses nothing.

The provider's reference is committed between opening the charge and confirming it, so an unknown answer can always be
asked for by reference. A charge that the customer never confirms is cancelled at the provider, and only a confirmed
cancel counts as a refusal.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domains import orders
from portal.domains.payments.errors import CardDeclined, ConfirmationRefused, NotConfirmed
from portal.domains.payments.gateways import Charge, Gateway, current, named
from portal.domains.payments.models import OUTSIDE, Payment, PaymentAttempt
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import Refusal
from portal.kernel.ids import new_id
from portal.kernel.steps import Call, Definition, Done, External, NoTrace, Unknown, Waiting

# Written out, each for both rows at once: a payment and its attempt are written four times in every booking.
INTEND = """
WITH payment AS (
    INSERT INTO payments (id, order_id, move_number, provider, state, amount, currency)
    VALUES (%(id)s, %(order_id)s, %(move_number)s, %(provider)s, 'sent', %(amount)s, %(currency)s)
    RETURNING id
)
INSERT INTO payment_attempts (key, payment_id, kind, amount) SELECT %(key)s, id, 'charge', %(amount)s FROM payment
"""
REMEMBER = """
WITH attempt AS (
    UPDATE payment_attempts SET provider_ref = %(ref)s, updated_at = now() WHERE key = %(key)s RETURNING payment_id
)
UPDATE payments SET provider_ref = %(ref)s, updated_at = now() FROM attempt WHERE id = payment_id
"""
NOTE = """
WITH attempt AS (
    UPDATE payment_attempts SET state = %(attempt)s, answer = %(answer)s, updated_at = now() WHERE key = %(key)s
    RETURNING payment_id
)
UPDATE payments SET state = %(state)s, updated_at = now() FROM attempt WHERE id = payment_id
"""
NOTE_REF = """
WITH attempt AS (
    UPDATE payment_attempts SET provider_ref = coalesce(provider_ref, %(ref)s), updated_at = now() WHERE key = %(key)s
    RETURNING payment_id
)
UPDATE payments SET provider_ref = coalesce(provider_ref, %(ref)s), updated_at = now()
FROM attempt WHERE id = payment_id
"""


def is_move(number: str) -> bool:
    """Whether this is the number of a move, which is its order's with a count: J-4K7Q-9ZPM-M1."""
    return number.count("-") == 3


def order_of(number: str) -> str:
    """The order's number, of a move's or of itself."""
    return number.rpartition("-M")[0] if is_move(number) else number


@dataclass
class ReturnAddress:
    """Where the provider sends a customer back to; the web fills it in."""

    base_url: str = "http://127.0.0.1:8000"

    def of(self, number: str) -> str:
        """The page of the order of this number, or of the move of an order."""
        if is_move(number):
            return f"{self.base_url}/orders/{order_of(number)}/moves/{number.rpartition('-M')[2]}"
        return f"{self.base_url}/orders/{number}"


return_address = ReturnAddress()


def intend(tx: Tx, key: str, order_id: UUID, charge: Decimal, currency: str) -> Done | None:
    """Writes the payment and its attempt. A charge of nothing calls nobody."""
    return intend_for(tx, key, order_id, charge, currency)


def intend_for(
    tx: Tx, key: str, order_id: UUID, charge: Decimal, currency: str, move_number: str | None = None
) -> Done | None:
    """The same for the difference of a move, which is a payment of its own."""
    if charge == 0:
        return Done({"charged": "0"})
    payment = {"id": new_id(), "order_id": order_id, "move_number": move_number, "provider": current().name}
    wire.later(tx, INTEND, {**payment, "key": key, "amount": charge, "currency": currency})
    return None


def send(
    call: Call, key: str, number: str, charge: Decimal, currency: str, token: str, pay_within: int
) -> Done | Waiting:
    """Opens the charge, commits its reference, confirms it. Raises a declared refusal, or Unknown."""
    known = Known(current()) if call.fresh else _known(call, key)
    gateway, ref, back = known.gateway, known.ref, return_address.of(number)
    asked: Any = {"amount": charge, "currency": currency, "order_number": number}
    if ref is None:
        opened = gateway.open(**asked, return_url=back, key=key)
        if opened.ref is None:
            return _wait_for_customer(opened, call, pay_within)
        ref = opened.ref
        _remember(call, key, ref)
    answer = gateway.confirm(ref, **asked, token=token, return_url=back, key=key)
    return _answer(answer, call, pay_within)


def ask(call: Call, key: str, number: str, pay_within: int) -> Done | Waiting | NoTrace:
    """Asks the provider what became of the charge: by its reference if we have it, else by our key."""
    known = _known(call, key)
    gateway, ref = known.gateway, known.ref
    found = gateway.find(ref) if ref else gateway.find_by_key(number, key)
    if found is None:
        if not ref and known.refused:
            raise CardDeclined(reason=known.refused)
        return NoTrace(settled=gateway.customer_begins and not ref)
    if not ref and found.ref:
        _remember(call, key, found.ref)
    if found.status in {"open", "action_needed"} and call.age >= pay_within:
        found = _give_up(gateway, found, key)
    if found.status == "open":
        return NoTrace()  # nothing was taken, and confirming again under the same key takes it once
    return _answer(found, call, pay_within)


def record(tx: Tx, key: str, order_id: UUID, answer: Done | Waiting | Refusal | Unknown) -> None:
    """Writes what the provider said, and lets the order know when the customer has something to do."""
    note(tx, key, answer)
    if isinstance(answer, Waiting):
        orders.await_payment(tx, order_id, url=answer.output["url"], until=answer.until)
    elif not isinstance(answer, Unknown):
        orders.payment_answered(tx, order_id)


def note(tx: Tx, key: str, answer: Done | Waiting | Refusal | Unknown) -> None:
    """Writes what the provider said on the payment and its attempt."""
    if isinstance(answer, Waiting):
        _note(tx, key, "action_needed", "pending")
    elif isinstance(answer, Unknown):
        _note(tx, key, "unknown", "unknown", str(answer))
    elif isinstance(answer, Refusal):
        _note(tx, key, "refused", "failed", str(answer.params.get("reason", answer.code)))
    else:
        outside = bool(answer.output.get("outside"))
        if outside:  # a person found the money elsewhere, and says where; the provider's own reference stays
            wire.later(tx, NOTE_REF, {"key": key, "ref": answer.output["ref"]})
        _note(tx, key, "paid", "done", OUTSIDE if outside else None)


def _answer(charge: Charge, call: Call, pay_within: int) -> Done | Waiting:
    if charge.status == "paid":
        return Done({"ref": charge.ref})
    if charge.status == "refused":
        raise CardDeclined(reason=charge.reason)
    if charge.status == "unconfirmed":
        raise ConfirmationRefused(reason=charge.reason)
    if charge.status == "cancelled":
        raise NotConfirmed
    if charge.status == "action_needed":
        until = call.first_sent_at + timedelta(seconds=pay_within)
        return Waiting(until, {"url": charge.url, "ref": charge.ref})
    raise Unknown(f"the provider says {charge.status}")


def _wait_for_customer(opened: Charge, call: Call, pay_within: int) -> Waiting:
    """Only the customer can begin this charge. Whoever does not come in time is charged nothing: we never confirmed."""
    if not call.fresh and call.age >= pay_within:
        raise NotConfirmed
    until = call.first_sent_at + timedelta(seconds=pay_within)
    return Waiting(until, {"url": opened.url})


def _give_up(gateway: Gateway, charge: Charge, key: str) -> Charge:
    """The time to confirm is over: closes the charge. If it was paid at the last moment, it is paid."""
    assert charge.ref is not None  # noqa: S101  # it was found under its reference
    return gateway.cancel(charge.ref, key=key) or charge


@dataclass(frozen=True)
class Known:
    """What we have of an attempt: its provider, its reference there, and what the customer brought instead of one."""

    gateway: Gateway
    ref: str | None = None
    refused: str | None = None


def _known(call: Call, key: str) -> Known:
    with call.fenced() as tx:
        row = tx.execute(
            select(Payment.provider, PaymentAttempt.provider_ref, PaymentAttempt.answer, PaymentAttempt.state)
            .join(PaymentAttempt, PaymentAttempt.payment_id == Payment.id)
            .where(PaymentAttempt.key == key)
        ).one()
    return Known(named(row.provider), row.provider_ref, row.answer if row.state == "pending" else None)


def _remember(call: Call, key: str, ref: str) -> None:
    """Commits the provider's reference, before anything can be taken under it."""
    with call.fenced() as tx:
        wire.later(tx, REMEMBER, {"key": key, "ref": ref})


def _note(tx: Tx, key: str, state: str, attempt: str, answer: str | None = None) -> None:
    wire.later(tx, NOTE, {"key": key, "state": state, "attempt": attempt, "answer": answer})


charge = External(
    name="charge",
    definition=Definition("payment", "the card was charged, once", (CardDeclined, ConfirmationRefused, NotConfirmed)),
    intend=intend,
    send=send,
    ask=ask,
    record=record,
)
