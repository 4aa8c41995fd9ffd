"""Late payment: money that came after its order had been given up, into the same booking, or on its way back."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.domains import orders, payments, points, refunds
from workers.engine import ASYNC, COMPENSATABLE, READ, RETRYABLE, Saga, Step


@dataclass(frozen=True)
class LatePayment:
    """What the customer agreed to when they paid, and who found the money where, under which key of ours."""

    order_id: UUID
    number: str
    account_id: UUID
    points: int
    charge: Decimal
    currency: str
    accrual: int
    attempt: str
    ref: str
    told_by: str
    found_by: UUID | None


# It has no pivot: the money was taken before it began. Whatever refuses, the last way back is the money's own.
late_payment = Saga(
    name="late_payment",
    version=1,
    command=LatePayment,
    steps=(
        #     step                    mode   service.function          compensation             kind
        Step("look up late payment",  ASYNC, payments.look_up_late,    None,                    READ),
        Step("take in late payment",  ASYNC, payments.take_in_late,    refunds.give_late_back,  COMPENSATABLE),
        Step("book again",            ASYNC, orders.book_again,        orders.give_up_again,    COMPENSATABLE),
        Step("use points",            ASYNC, points.use,               points.cancel_use,       COMPENSATABLE),
        Step("accrue points",         ASYNC, points.accrue,            None,                    RETRYABLE),
        Step("complete order",        ASYNC, orders.complete,          None,                    RETRYABLE),
        Step("send e-mail",           ASYNC, orders.mail_late_booking, None,                    RETRYABLE),
    ),
)  # fmt: skip
