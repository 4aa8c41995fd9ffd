"""Refund: from an approved request to money, points and places given back, or everything as it was."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.domains import orders, points, refunds
from workers.engine import ASYNC, COMPENSATABLE, PIVOT, RETRYABLE, SYNC, Saga, Step
from workers.sagas.times import PROVIDER


@dataclass(frozen=True)
class Refund:
    """What an approval hands over: the lines, the money for the card, the points that come back, the accrual that goes."""

    refund_id: UUID
    order_id: UUID
    account_id: UUID
    line_ids: list[UUID]
    amount: Decimal
    points: int
    accrual: int


refund = Saga(
    name="refund",
    version=1,
    command=Refund,
    steps=(
        #     step                                             mode   service.function              compensation        kind
        Step("request refund",                                 ASYNC, refunds.reserve,              refunds.cancel,     COMPENSATABLE),
        Step("cancel order",                                   ASYNC, orders.begin_cancellation,    orders.restore,     COMPENSATABLE),
        Step("cancel point use",                               ASYNC, points.give_back,             points.take_again,  COMPENSATABLE),
        Step("request cancellation from the outside provider", SYNC,  refunds.send_back,            None,               PIVOT, PROVIDER),
        Step("cancel point accrual",                           ASYNC, points.cancel_accrual,        None,               RETRYABLE),
        Step("complete order cancellation",                    ASYNC, orders.complete_cancellation, None,               RETRYABLE),
        Step("send e-mail",                                    ASYNC, refunds.mail_done,            None,               RETRYABLE),
    ),
)  # fmt: skip
