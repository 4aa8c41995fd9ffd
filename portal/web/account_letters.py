"""Mails about an account: written in the transaction of what they tell, secrets sealed."""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from flask import current_app, url_for

from portal.domains import notifications
from portal.domains.identity import Account, Person, Vault, codes
from portal.kernel.db import Tx
from portal.kernel.ids import new_id
from portal.web import records


def send_reset(tx: Tx, account: Account, secret: str, *, now: datetime, good_for: timedelta) -> None:
    """The link for a new password."""
    sealed = _vault().seal(account.id, {"path": url_for("auth.open_link", token=secret)})
    until = (now + good_for).isoformat()
    _queue(tx, account.id, "password_reset", {"sealed": sealed, "until": until})


def send_code(tx: Tx, account_id: UUID, code: str, *, now: datetime, number: str = "", to: str = "") -> None:
    """A code: to the phone `number`, else by mail, to another address than the account's if `to` names one."""
    sealed = _vault().seal(account_id, {"code": code, "number": number} if number else {"code": code})
    data = {"sealed": sealed, "until": (now + codes.GOOD_FOR).isoformat(), **({"to": to} if to else {})}
    if number:
        notifications.queue_text(tx, f"code:{new_id()}", account_id, "code", data)
    else:
        _queue(tx, account_id, "sign_in_code", data)


def tell_change(tx: Tx, person: Account | Person, what: str, *, now: datetime, to: str = "") -> None:
    """Something that protects the account was changed: its owner hears of it, whoever did it (ASVS 5.0 6.3.7)."""
    told = {"what": what, "at": now.isoformat(), "time_zone": person.time_zone, **records.here()}
    _queue(tx, person.id, "security_changed", told | ({"to": to} if to else {}))


def _queue(tx: Tx, account_id: UUID, template: str, data: dict[str, str]) -> None:
    notifications.queue(tx, f"{template}:{new_id()}", account_id, template, data)


def _vault() -> Vault:
    return cast(Vault, current_app.extensions["vault"])
