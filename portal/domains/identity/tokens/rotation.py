"""Rotating the signing key: the next one is published before it signs, the old one until its last token is over.

next (published, does not sign yet) → active (signs) → retired (only checks) → over (its private part is destroyed).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from portal.domains.identity.models import SigningKey
from portal.domains.identity.tokens.keyring import KNOWN_FOR
from portal.domains.identity.tokens.keys import make_key
from portal.domains.identity.vault import Vault
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Fact
from portal.kernel.slugs import hold_lock

KNOWN_BEFORE = timedelta(seconds=2 * KNOWN_FOR)
"""How long a key is published before it signs: whoever read our keys just before has read them anew by then."""
LONGEST_TOKEN = timedelta(hours=24)
"""No access token is good for longer; as long as that, a key that signs no more is still published."""


class NextIsWaiting(Fact):
    """A key that will sign soon is published already."""

    code = "next-key-waiting"
    message = N_("The next key is published already. It begins to sign at %(at)s.")


@dataclass(frozen=True)
class KeyState:
    """A published key: next, active or retired."""

    kid: str
    state: str
    active_from: datetime
    published_until: datetime | None


def rotate(tx: Tx, vault: Vault, *, now: datetime) -> KeyState:
    """Publishes a new key, which signs from KNOWN_BEFORE on, and gives the others their end.

    The first key of all signs at once. Keys that are over are deleted. Raises NextIsWaiting, so that an impatient
    operator or two timers do not fill the list.
    """
    hold_lock(tx, "signing keys")
    tx.execute(delete(SigningKey).where(SigningKey.published_until <= now))
    known = key_states(tx, now=now)
    for key in known:
        if key.state == "next":
            raise NextIsWaiting(at=key.active_from.isoformat(timespec="seconds"))
    begins = now + KNOWN_BEFORE if known else now
    for row in tx.scalars(select(SigningKey).where(SigningKey.published_until.is_(None))):
        row.published_until = begins + LONGEST_TOKEN
    made = make_key(tx, vault, begins)
    return KeyState(made.kid, "next" if known else "active", made.active_from, None)


def replace(tx: Tx, vault: Vault, *, now: datetime) -> KeyState:
    """For a key that somebody else may know: deletes all keys, with every token they signed, and begins anew.

    Servers that read the keys a moment ago take the old tokens for at most KNOWN_FOR seconds more.
    """
    hold_lock(tx, "signing keys")
    tx.execute(delete(SigningKey))
    made = make_key(tx, vault, now)
    return KeyState(made.kid, "active", made.active_from, None)


def key_states(tx: Tx, *, now: datetime) -> Sequence[KeyState]:
    """Every published key, the newest first."""
    published = or_(SigningKey.published_until.is_(None), SigningKey.published_until > now)
    rows = tx.scalars(select(SigningKey).where(published).order_by(SigningKey.active_from.desc(), SigningKey.kid)).all()
    active = next((row.kid for row in rows if row.active_from <= now), None)
    return [
        KeyState(
            row.kid,
            "next" if row.active_from > now else "active" if row.kid == active else "retired",
            row.active_from,
            row.published_until,
        )
        for row in rows
    ]
