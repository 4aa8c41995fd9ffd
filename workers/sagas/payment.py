"""Reservation payment: from an accepted checkout to a confirmed booking, or back to nothing taken."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.domains import orders, payments, points
from workers.engine import ASYNC, COMPENSATABLE, PIVOT, READ, RETRYABLE, SYNC, Saga, Step
from workers.sagas.times import ACCEPTED, PROVIDER


@dataclass(frozen=True)
class Payment:
    """What the checkout hands over. `token` is the provider's, good for one use; `pay_within` is in seconds."""

    order_id: UUID
    number: str
    account_id: UUID
    points: int
    charge: Decimal
    currency: str
    accrual: int
    token: str
    pay_within: int


payment = Saga(
    name="payment",
    version=1,
    command=Payment,
    deadline=ACCEPTED,
    steps=(
        #     step                                        mode   service.function         compensation       kind
        Step("look up order",                             SYNC,  orders.look_up,           None,              READ),
        Step("create order",                              ASYNC, orders.create,            orders.cancel,     COMPENSATABLE),
        Step("look up points",                            SYNC,  points.look_up,           None,              READ),
        Step("use points",                                ASYNC, points.use,               points.cancel_use, COMPENSATABLE),
        Step("request payment from the outside provider", SYNC,  payments.charge,          None,              PIVOT, PROVIDER),
        Step("accrue points",                             ASYNC, points.accrue,            None,              RETRYABLE),
        Step("complete order",                            ASYNC, orders.complete,          None,              RETRYABLE),
        Step("send e-mail",                               ASYNC, orders.mail_confirmation, None,              RETRYABLE),
    ),
)  # fmt: skip
