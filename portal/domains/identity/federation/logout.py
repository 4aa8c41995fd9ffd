"""Carrying out a provider's order to end somebody's sessions here (Back-Channel Logout 1.0)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from portal.domains.identity.federation import checks, linking
from portal.domains.identity.federation.models import SpentLogout
from portal.domains.identity.federation.vouching import Unbelievable
from portal.domains.identity.sessions import Sessions
from portal.kernel.db import Tx

KEY = "outside"
"""Where a session keeps by which identity it began: {account, provider, issuer, subject, sid, id_token}."""


def spend(tx: Tx, claims: Mapping[str, Any], *, now: datetime) -> None:
    """Remembers a checked logout token. Raises Unbelievable when it was carried out before."""
    tx.execute(delete(SpentLogout).where(SpentLogout.until < now))
    # It is refused by its age after that: no need to remember it longer.
    until = now + timedelta(seconds=checks.LOGOUT_WITHIN + 3 * checks.LEEWAY)
    values = {"issuer": claims["iss"], "jti": claims["jti"], "until": until}
    first = insert(SpentLogout).values(values).on_conflict_do_nothing().returning(SpentLogout.jti)
    if tx.scalar(first) is None:
        raise Unbelievable("this logout token was used before")


def end_sessions(tx: Tx, sessions: Sessions, claims: Mapping[str, Any]) -> int:
    """Ends the sessions that a checked logout token names: those that began by this provider for this subject, or only
    the one of this `sid`. How many were ended; sessions of the person that began otherwise go on."""
    issuer, subject, sid = claims["iss"], claims["sub"], claims.get("sid")

    def is_meant(data: Mapping[str, Any]) -> bool:
        began = data.get(KEY) or {}
        return (
            began.get("issuer") == issuer
            and began.get("subject") == subject
            and (sid is None or began.get("sid") in (sid, None))
        )

    account = linking.whose(tx, issuer, subject)
    return sessions.end_those(str(account), is_meant) if account else 0
