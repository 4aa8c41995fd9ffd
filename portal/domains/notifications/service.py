"""Writing mails, and the relay's side of them: claim one, say how sending went."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from portal.domains.notifications import rules
from portal.domains.notifications.models import Mail
from portal.domains.notifications.shapes import TEMPLATES, TEXTS
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.ids import new_id

LONGEST_ERROR = 500


@dataclass(frozen=True)
class Claimed:
    """A mail that this sender has to itself for a while. `attempts` counts this one."""

    id: UUID
    account_id: UUID
    template: str
    data: dict[str, Any]
    attempts: int
    written_at: datetime
    channel: str = "mail"


QUEUE = """
INSERT INTO mails (id, account_id, channel, template, data, key)
VALUES (%(id)s, %(account_id)s, %(channel)s, %(template)s, CAST(%(data)s AS jsonb), %(key)s)
ON CONFLICT (key) DO NOTHING
"""
CLAIM = """
UPDATE mails SET attempts = attempts + 1, next_at = %(until)s
WHERE id = (
    SELECT id FROM mails WHERE state = 'queued' AND next_at <= %(now)s
    ORDER BY next_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING id, account_id, template, data, attempts, created_at, channel
"""
SENT = """
UPDATE mails SET state = 'sent', sent_at = %(now)s, last_error = NULL, data = data - 'sealed'
WHERE id = %(id)s AND state <> 'sent'
"""


def queue(tx: Tx, key: str, account_id: UUID, template: str, data: Mapping[str, Any]) -> None:
    """Writes a mail, once per key; it is sent after the commit. `data` has the template's shape (shapes.py)."""
    if template not in TEMPLATES:
        raise ValueError(f"there is no mail called {template}")
    _write(tx, "mail", key, account_id, template, data)


def queue_text(tx: Tx, key: str, account_id: UUID, template: str, data: Mapping[str, Any]) -> None:
    """Writes a text message, once per key; it is sent after the commit. Its `number` travels `sealed` in `data`."""
    if template not in TEXTS:
        raise ValueError(f"there is no text message called {template}")
    _write(tx, "sms", key, account_id, template, data)


def many_due(tx: Tx, now: datetime, *, most: int) -> int:
    """How many mails are to be sent now, counted up to `most`."""
    waiting = select(Mail.id).where(Mail.state == "queued", Mail.next_at <= now).limit(most)
    return int(tx.scalar(select(func.count()).select_from(waiting.subquery())) or 0)


def claim(tx: Tx, now: datetime, *, pace: float = 1.0) -> Claimed | None:
    """Takes the mail that has been due for longest for this sender; None if nothing is due that nobody has just now.

    The claim must be committed before anything leaves the house; a sender that dies loses it after rules.CLAIM × pace.
    """
    rows = wire.ask(tx, CLAIM, {"now": now, "until": now + rules.CLAIM * pace})
    return Claimed(*rows[0]) if rows else None


def mark_sent(tx: Tx, mail: Claimed, now: datetime) -> None:
    """The mail server has taken it. What was sealed in it is needed no more, and is forgotten."""
    wire.later(tx, SENT, {"id": mail.id, "now": now})


def mark_failed(tx: Tx, mail: Claimed, error: str, now: datetime, *, pace: float = 1.0, final: bool = False) -> None:
    """It was not taken: try again after a growing pause, or give it up after three days or at a `final` failure.

    Says nothing where somebody else has claimed the mail since: this sender is too late to know.
    """
    state = "failed" if final or rules.given_up(mail.written_at, now) else "queued"
    ours = update(Mail).where(Mail.id == mail.id, Mail.state == "queued", Mail.attempts == mail.attempts)
    again = now + rules.pause(mail.attempts, pace)
    said = ours.values(state=state, last_error=error[:LONGEST_ERROR], next_at=again)
    tx.execute(said.execution_options(synchronize_session=False))


def _write(tx: Tx, channel: str, key: str, account_id: UUID, template: str, data: Mapping[str, Any]) -> None:
    told = {"template": template, "data": json.dumps(data), "channel": channel}
    wire.later(tx, QUEUE, {"id": new_id(), "key": key, "account_id": account_id, **told})
