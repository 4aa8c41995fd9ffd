"""The keys that sign access tokens: kept in the database, the private part locked, the public part for everybody."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from joserfc.jwk import ECKey
from sqlalchemy import or_, select

from portal.domains.identity.models import SigningKey
from portal.domains.identity.vault import Vault
from portal.kernel.db import Tx
from portal.kernel.slugs import hold_lock

ALGORITHM = "ES256"


def signing_key(tx: Tx, vault: Vault, *, now: datetime) -> ECKey:
    """The private key that signs at `now`; the first one is made when it is asked for. Raises Locked."""
    row = _active(tx, now)
    if row is None:
        hold_lock(tx, "signing keys")  # two servers start together, and both find none
        row = _active(tx, now) or make_key(tx, vault, now)
    return ECKey.import_key(json.loads(vault.open(row.private_key, bound_to=_owner(row.kid))))


def published_keys(tx: Tx, *, now: datetime) -> Sequence[dict[str, Any]]:
    """The public keys whose tokens may still be good, or soon will be, as JWKs; the newest first."""
    query = select(SigningKey.public_key).where(_published(now)).order_by(SigningKey.active_from.desc())
    return tx.execute(query).scalars().all()


def make_key(tx: Tx, vault: Vault, active_from: datetime) -> SigningKey:
    """A new key, published from now on, that signs from `active_from` on."""
    key = ECKey.generate_key("P-256")
    kid = key.thumbprint()
    about = {"kid": kid, "use": "sig", "alg": ALGORITHM}
    private = json.dumps(key.as_dict(private=True) | about).encode()
    row = SigningKey(
        kid=kid,
        algorithm=ALGORITHM,
        public_key=dict(key.as_dict(private=False)) | about,
        private_key=vault.lock(private, bound_to=_owner(kid)),
        active_from=active_from,
    )
    tx.add(row)
    tx.flush()
    return row


def _active(tx: Tx, now: datetime) -> SigningKey | None:
    query = select(SigningKey).where(SigningKey.active_from <= now, _published(now))
    return tx.execute(query.order_by(SigningKey.active_from.desc(), SigningKey.kid).limit(1)).scalar_one_or_none()


def _published(now: datetime) -> Any:
    return or_(SigningKey.published_until.is_(None), SigningKey.published_until > now)


def _owner(kid: str) -> bytes:
    return b"signing key " + kid.encode()
