"""Remainder: what goes back from another payment than the first part of a refund. Begun when that is on its way."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.domains import refunds
from workers.engine import ASYNC, RETRYABLE, Saga, Step
from workers.sagas.times import PROVIDER


@dataclass(frozen=True)
class Remainder:
    """Which part of which order's refund, and how much."""

    refund_id: UUID
    order_id: UUID
    amount: Decimal


remainder = Saga(
    name="remainder",
    version=1,
    command=Remainder,
    steps=(
        #     step                  mode   service.function        compensation  kind
        Step("send the rest back",  ASYNC, refunds.send_rest_back, None,         RETRYABLE, PROVIDER),
    ),
)  # fmt: skip
