"""Mails about an account: written in the transaction of what they tell, secrets sealed."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import url_for

from portal.domains import notifications
from portal.domains.identity import Account, Person
from portal.kernel.db import Tx
from portal.kernel.ids import new_id
from portal.web.auth import records
from portal.web.auth.face import vault


def send_reset(tx: Tx, account: Account, secret: str, *, now: datetime, good_for: timedelta) -> None:
    """The link for a new password."""
    sealed = vault().seal(account.id, {"path": url_for("auth.open_link", token=secret)})
    until = (now + good_for).isoformat()
    _queue(tx, account.id, "password_reset", {"sealed": sealed, "until": until})


def tell_change(tx: Tx, person: Account | Person, what: str, *, now: datetime, to: str = "") -> None:
    """Something that protects the account was changed: its owner hears of it, whoever did it (ASVS 5.0 6.3.7)."""
    told = {"what": what, "at": now.isoformat(), "time_zone": person.time_zone, **records.here()}
    _queue(tx, person.id, "security_changed", told | ({"to": to} if to else {}))


def _queue(tx: Tx, account_id: UUID, template: str, data: dict[str, str]) -> None:
    notifications.queue(tx, f"{template}:{new_id()}", account_id, template, data)
