"""What is on record of the way in: who did what to which account, from where; refused tries as well.

Details never hold what was typed, except that an address nobody has stands there by its hash.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import request
from flask_login import current_user

from portal.domains import audit
from portal.kernel import log
from portal.kernel.db import Tx
from portal.web import limits, sessions
from portal.web.database import transaction

logger = log.get("web.auth")
DENIALS_EVERY = 3600.0
"""Seconds between two entries of the audit about the same denied page and person."""


def done(tx: Tx, action: str, account_id: UUID, *, by: UUID | None = None, **details: Any) -> None:
    """Something was done to an account, by its owner unless somebody else is named, and it is logged as well."""
    where = {"address": limits.address(), "agent": request.user_agent.string[:200]}
    audit.record(tx, by or account_id, action, "account", account_id, **where, **details)
    logger.info(action, account=str(account_id), address=where["address"], **details)


def refused(tx: Tx, action: str, email: str, account_id: UUID | None, **details: Any) -> None:
    """Somebody tried and did not get in. `account_id` is None where nobody has the address."""
    where = {"address": limits.address(), "agent": request.user_agent.string[:200]}
    kind, subject = ("account", str(account_id)) if account_id else ("address", limits.name_of(email))
    audit.record(tx, None, action, kind, subject, **where, **details)
    logger.warning(action, account=subject, address=where["address"], **details)


def denied(account_id: UUID, needs: Iterable[str]) -> None:
    """Somebody was turned away from a page or a call. Logged each time; on record once an hour for one person and page,
    so that nobody fills the audit by trying."""
    page, wanted = request.endpoint or "", sorted(needs)
    logger.warning("denied", account=str(account_id), endpoint=page, address=limits.address())
    if sessions.store().use_once(f"denied {account_id} {page}", DENIALS_EVERY):
        with transaction() as tx:
            where = {"page": page, "needs": wanted, "address": limits.address()}
            audit.record(tx, account_id, "access.denied", "account", account_id, **where)


def here() -> dict[str, str]:
    """The place and device of this request, for a mail about it."""
    return {"address": limits.address(), "agent": device(request.user_agent.string)}


def actor() -> UUID | None:
    return current_user.id if current_user.is_authenticated else None


SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Mac OS X", "CrOS", "Linux")
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"))
OTHER_BROWSERS = (("CriOS/", "Chrome"), ("FxiOS/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


def device(agent: str) -> str:
    """A browser's own name for itself, as people would say it: «Firefox · Windows»; what is unknown stays as it is."""
    browser = next((name for mark, name in (*BROWSERS, *OTHER_BROWSERS) if mark in agent), "")
    system = next((name for name in SYSTEMS if name in agent), "")
    system = {"Mac OS X": "macOS", "CrOS": "ChromeOS"}.get(system, system)
    return " · ".join(part for part in (browser, system) if part) or agent[:60]
