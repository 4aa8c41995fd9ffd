"""Repayment: another try for the money of a refund that its bank gave back to us, at a person's word."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.domains import refunds
from workers.engine import ASYNC, PIVOT, Saga, Step
from workers.sagas.times import PROVIDER


@dataclass(frozen=True)
class Repayment:
    """Which refund of which order, and how much."""

    refund_id: UUID
    order_id: UUID
    amount: Decimal


repayment = Saga(
    name="repayment",
    version=1,
    command=Repayment,
    steps=(
        #     step                   mode   service.function          compensation  kind
        Step("send the money again", ASYNC, refunds.send_money_again, None,         PIVOT, PROVIDER),
    ),
)  # fmt: skip
