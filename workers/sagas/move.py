"""Move: from an agreed difference to a booking at its new time, or as it was."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.domains import moving, points, refunds
from workers.engine import ASYNC, COMPENSATABLE, PIVOT, READ, RETRYABLE, SYNC, Saga, Step
from workers.sagas.times import ACCEPTED, PROVIDER


@dataclass(frozen=True)
class Move:
    """What was agreed to. `number` is the move's: its charge is known by it outside. Either `charge` is taken, or `amount`
    and `points` come back, or neither; `token` and `pay_within` as for a payment."""

    move_id: UUID
    number: str
    order_id: UUID
    account_id: UUID
    line_id: UUID
    refund_id: UUID
    charge: Decimal
    amount: Decimal
    points: int
    earned: int
    unearned: int
    currency: str
    token: str
    pay_within: int


# The money that goes back is last: a provider that is away keeps nobody from their new time, nor from hearing of it.
move = Saga(
    name="move",
    version=1,
    command=Move,
    deadline=ACCEPTED,
    steps=(
        #     step                                                   mode   service.function              compensation    kind
        Step("look up order",                                        SYNC,  moving.look_up,               None,           READ),
        Step("mark line as moving",                                  ASYNC, moving.mark,                  moving.let_be,  COMPENSATABLE),
        Step("request payment of the difference from the provider",  SYNC,  moving.charge_difference,     None,           PIVOT, PROVIDER),
        Step("swap places",                                          ASYNC, moving.swap,                  None,           RETRYABLE),
        Step("correct points",                                       ASYNC, points.correct,               None,           RETRYABLE),
        Step("send e-mail",                                          ASYNC, moving.mail_moved,            None,           RETRYABLE),
        Step("send the difference back",                             ASYNC, refunds.send_difference_back, None,           RETRYABLE, PROVIDER),
    ),
)  # fmt: skip
