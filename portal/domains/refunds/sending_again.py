"""The step that sends returned money again: under a new key, and only if nothing that was sent before has arrived."""

from uuid import UUID

from sqlalchemy import func

from portal.domains import payments
from portal.domains.payments import NotReturned, RefundDeclined, repaying
from portal.domains.refunds.returned import came_back, replace
from portal.domains.refunds.returning import change
from portal.kernel.db import Tx
from portal.kernel.errors import Refusal
from portal.kernel.steps import Call, Definition, Done, External, NoTrace, Unknown


def intend(tx: Tx, key: str, order_id: UUID, refund_id: UUID) -> Done | None:
    """Writes the attempt in place of the one that failed. If somebody settled it meanwhile, nobody is called."""
    found = came_back(tx, refund_id)
    if found is None:
        return Done({"repaid": "0"})
    repaying.intend(tx, key, order_id, payments.Part(found.payment_id, found.amount))
    tx.flush()
    replace(tx, found, key)
    return None


def send(call: Call, key: str, order_id: UUID) -> Done:
    """Sends it, unless the provider says that an earlier try has not failed. Raises NotReturned, RefundDeclined, or
    Unknown."""
    if repaying.arrived(call, order_id):
        raise NotReturned
    return repaying.send(call, key)


def ask(call: Call, key: str) -> Done | NoTrace:
    """Asks the provider whether this try was sent."""
    return repaying.ask(call, key)


def record(tx: Tx, key: str, refund_id: UUID, answer: Done | Refusal | Unknown) -> None:
    """Writes the answer on the attempt; the amount counts as gone since the first. After a no it waits again."""
    repaying.note(tx, key, answer)
    if isinstance(answer, Done) and answer.output["status"] == "done":
        change(tx, refund_id, {"sent"}, state="settled", settled_at=func.now())


send_money_again = External(
    name="send_money_again",
    definition=Definition("payment", "the money is on its way back, once more", (RefundDeclined, NotReturned)),
    intend=intend,
    send=send,
    ask=ask,
    record=record,
)
