"""Late refund: late money that could not be booked goes back whole. Begun by the last way back of a late payment."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.domains import orders, refunds
from workers.engine import ASYNC, RETRYABLE, Saga, Step
from workers.sagas.times import PROVIDER


@dataclass(frozen=True)
class LateRefund:
    """What goes back, of which order, and why it was not booked: the refusal's code."""

    refund_id: UUID
    order_id: UUID
    number: str
    account_id: UUID
    amount: Decimal
    refusal_code: str | None


late_refund = Saga(
    name="late_refund",
    version=1,
    command=LateRefund,
    steps=(
        #     step                     mode   service.function          compensation  kind
        Step("send late payment back", ASYNC, refunds.send_late_back,   None,         RETRYABLE, PROVIDER),
        Step("note return",            ASYNC, orders.note_return,       None,         RETRYABLE),
        Step("send e-mail",            ASYNC, refunds.mail_late_return, None,         RETRYABLE),
    ),
)  # fmt: skip
