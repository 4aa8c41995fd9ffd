"""Money that was on its way to a customer and came back to us: found, sent again under a new key, or settled outside.

The refund stays sent (or settled): the customer was told so, the place is free, the points are back. What failed is the
latest attempt, and until another one takes its place somebody has to see to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from portal.domains.payments import PaymentAttempt, repaying
from portal.domains.refunds.errors import NothingReturned
from portal.domains.refunds.models import Refund
from portal.kernel import sagas
from portal.kernel.db import Tx

SENT = ("sent", "settled")


@dataclass(frozen=True)
class Returned:
    """A refund whose money came back: the attempt that failed, why as the provider says, and since when."""

    refund_id: UUID
    order_id: UUID
    amount: Decimal
    currency: str
    failed_key: str
    tries: int
    reason: str
    since: datetime
    payment_id: UUID
    part_of: UUID | None = None

    @property
    def of(self) -> UUID:
        """The refund its customer knows: this one, or the one it is a part of."""
        return self.part_of or self.refund_id

    @property
    def next_try(self) -> str:
        """The key of the process that sends it again: however often it is pressed, there is one for each try."""
        return f"{self.refund_id}:{self.tries + 1}"


def returned(tx: Tx, order_id: UUID) -> Sequence[Returned]:
    """The refunds of an order whose money came back."""
    return [_read(row) for row in tx.execute(_came_back().where(Refund.order_id == order_id))]


def find_returned(tx: Tx, refund_id: UUID) -> Returned | None:
    """The refund, if its money came back and waits for somebody: it is not being sent again."""
    row = tx.execute(_came_back().where(Refund.id == refund_id)).one_or_none()
    found = _read(row) if row else None
    under_way = sagas.engine().progress(tx, "repayment", found.next_try) if found else None
    return None if under_way and not under_way.ended else found


def came_back(tx: Tx, refund_id: UUID) -> Returned | None:
    """The refund, if its latest attempt failed; locked, so that only one other attempt takes its place."""
    row = tx.execute(_came_back().where(Refund.id == refund_id).with_for_update(of=Refund)).one_or_none()
    return _read(row) if row else None


def send_again(tx: Tx, refund_id: UUID) -> None:
    """Begins another try under a new key. Raises NothingReturned."""
    found = _get(tx, refund_id)
    command = {
        "refund_id": refund_id,
        "order_id": found.order_id,
        "amount": found.amount,
    }
    sagas.engine().begin(tx, "repayment", found.next_try, command)


def settle_outside(tx: Tx, refund_id: UUID, reference: str) -> None:
    """A person paid it another way, and says where it can be found. Raises NothingReturned."""
    found = _get(tx, refund_id)
    key = f"{found.next_try}:outside"
    repaying.outside(tx, key, found.failed_key, found.amount, reference)
    replace(tx, found, key, state="settled", settled_at=func.now())


def replace(tx: Tx, found: Returned, key: str, **values: Any) -> None:
    """Another attempt takes the place of the one that failed."""
    tx.execute(
        update(Refund)
        .where(Refund.id == found.refund_id, Refund.attempt_key == found.failed_key)
        .values(attempt_key=key, tries=Refund.tries + 1, updated_at=func.now(), **values)
        .execution_options(synchronize_session=False)
    )


def processes_of(refund: Refund) -> list[tuple[str, str]]:
    """Kind and key of every process that may have moved this refund's money, the first one first."""
    again = [("repayment", f"{refund.id}:{n}") for n in range(2, refund.tries + 2)]
    return [("remainder" if refund.part_of else "refund", str(refund.id)), *again]


def _get(tx: Tx, refund_id: UUID) -> Returned:
    if came_back(tx, refund_id) is None or (found := find_returned(tx, refund_id)) is None:
        raise NothingReturned
    return found


def _came_back() -> Any:
    return (
        select(
            Refund.id,
            Refund.order_id,
            PaymentAttempt.amount,
            Refund.currency,
            PaymentAttempt.key,
            Refund.tries,
            func.coalesce(PaymentAttempt.answer, ""),
            PaymentAttempt.updated_at,
            PaymentAttempt.payment_id,
            Refund.part_of,
        )
        .join(PaymentAttempt, PaymentAttempt.key == Refund.attempt_key)
        .where(Refund.state.in_(SENT), PaymentAttempt.kind == "refund", PaymentAttempt.state == "failed")
    )


def _read(row: Any) -> Returned:
    return Returned(*row)
