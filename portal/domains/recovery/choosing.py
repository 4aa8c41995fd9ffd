"""Which acts stuck money allows: a pure rule of where its process stands, or of a repayment that came back."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.domains import moving, orders, refunds
from portal.kernel import sagas
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from portal.kernel.sagas import Progress

ACTS = ("resume", "ask", "release", "anew", "settle", "give_back")
"""Go on now · ask the provider now · it did not happen, go back · send it again under a new key · it was settled
outside · the booking cannot be completed, so give everything back."""

DECISIONS = frozenset({"release", "anew", "settle", "give_back"})
"""Acts that say what became of money; above a limit they need two people."""

RETURNED = "returned"
"""A repayment that its bank gave back to us. It is no process, but waits like one; its key is the refund's id."""

IN_DOUBT = frozenset({"calling", "unknown", "waiting"})


@dataclass(frozen=True)
class Case:
    """A process as whoever cures it sees it: whose order, how much money, and what may be done."""

    progress: Progress
    order_id: UUID | None
    number: str
    amount: Decimal
    currency: str
    acts: tuple[str, ...]


def find_case(tx: Tx, kind: str, key: str) -> Case:
    """The process of this kind and key. Raises NotFound."""
    if kind == RETURNED:
        return _returned(tx, key)
    progress = sagas.engine().progress(tx, kind, key)
    if progress is None:
        raise NotFound
    if kind in {"refund", "repayment", "remainder"}:
        refund = refunds.get_refund(tx, UUID(key.partition(":")[0]))
        order = orders.get_order(tx, refund.order_id)
        return Case(progress, order.id, order.number, refund.amount, refund.currency, allowed(progress, order.state))
    if kind in {"payment", "late_payment", "late_refund"}:
        order = orders.get_by_number(tx, key)
        return Case(progress, order.id, order.number, order.charge, order.currency, allowed(progress, order.state))
    if kind == "move":
        move = moving.get_move(tx, key)
        order = orders.get_order(tx, move.order_id)
        money = move.charge or move.amount
        return Case(progress, order.id, order.number, money, order.currency, allowed(progress, order.state))
    return Case(progress, None, key, Decimal(0), "", allowed(progress, ""))


def _returned(tx: Tx, key: str) -> Case:
    """What came back and waits for somebody. Raises NotFound for what is on its way again."""
    refund_id = _id(key)
    found = refunds.find_returned(tx, refund_id)
    if found is None:
        raise NotFound
    order = orders.get_order(tx, found.order_id)
    waits = Progress(
        id=refund_id,
        kind=RETURNED,
        key=key,
        state=RETURNED,
        attempts=found.tries,
        next_at=None,
        park_reason=found.reason or None,
        refusal=None,
        steps=(),
        begun_at=found.since,
    )
    return Case(waits, order.id, order.number, found.amount, found.currency, allowed(waits, order.state))


def allowed(progress: Progress, order_state: str) -> tuple[str, ...]:
    """The acts that make sense where the process stands now."""
    if progress.kind == RETURNED:
        return ("anew", "settle")
    if progress.state == "parked" and progress.parked_from not in IN_DOUBT:
        return ("resume", "give_back") if _paid_and_not_completed(progress, order_state) else ("resume",)
    if progress.state not in {"parked", "unknown", "waiting"}:
        return ()
    if progress.state == "waiting":
        return ("ask",)
    return GOING_BACK if _moved(progress) else DOUBTS.get(progress.kind, ("ask",))


GOING_BACK = ("ask", "anew", "settle")
DOUBTS = {
    "payment": ("ask", "release", "settle"),
    "refund": ("ask", "release", "anew", "settle"),
    "repayment": ("ask", "release", "anew", "settle"),
    "late_refund": GOING_BACK,
    "remainder": GOING_BACK,
    "move": ("ask", "release", "settle"),
}
"""What may be done about a call without an answer. Late money has no way back, nor has what a refund that is on its way
still owes, nor the difference of a booking that has moved: nobody may keep it."""


def _moved(progress: Progress) -> bool:
    """The booking is at its new time, so that the call at hand is the one that gives the difference back."""
    return progress.kind == "move" and any(step.kind == "pivot" and step.state == "done" for step in progress.steps)


def _paid_and_not_completed(progress: Progress, order_state: str) -> bool:
    """The money is in, the places are taken, and the booking does not get ready. Late money is in from the start."""
    late = progress.kind == "late_payment"
    paid = late or any(step.kind == "pivot" and step.state == "done" for step in progress.steps)
    return progress.kind in {"payment", "late_payment"} and paid and order_state == "processing"


def _id(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise NotFound from None
