"""The pivot of a move: the difference charged, as a payment of its own under the move's number.

It is the same charge as a checkout's, with its reference committed before anything is taken; only who is told that the
customer has to confirm is another.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from portal.domains.payments import CardDeclined, ConfirmationRefused, NotConfirmed, charging
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import Refusal
from portal.kernel.steps import Definition, Done, External, Unknown, Waiting

ACT = """
UPDATE moves SET action_url = %(url)s, pay_by = %(until)s, updated_at = now()
WHERE id = %(move_id)s AND state = 'requested'
"""


def intend(tx: Tx, key: str, order_id: UUID, number: str, charge: Decimal, currency: str) -> Done | None:
    """Writes the payment and its attempt. Where nothing is charged nobody is called."""
    return charging.intend_for(tx, key, order_id, charge, currency, move_number=number)


def record(tx: Tx, key: str, move_id: UUID, answer: Done | Waiting | Refusal | Unknown) -> None:
    """Writes what the provider said, and on the move whether its customer has something to do."""
    charging.note(tx, key, answer)
    if isinstance(answer, Waiting):
        _act(tx, move_id, answer.output["url"], answer.until)
    elif not isinstance(answer, Unknown):
        _act(tx, move_id, None, None)


def _act(tx: Tx, move_id: UUID, url: str | None, until: datetime | None) -> None:
    wire.later(tx, ACT, {"move_id": move_id, "url": url, "until": until})


charge_difference = External(
    name="charge_difference",
    definition=Definition(
        "payment", "the card was charged the difference, once", (CardDeclined, ConfirmationRefused, NotConfirmed)
    ),
    intend=intend,
    send=charging.send,
    ask=charging.ask,
    record=record,
)
