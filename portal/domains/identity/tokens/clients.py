"""Clients: registering the apps that may ask for tokens, and where they may be answered."""

import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from portal.domains.identity.tokens.models import Client, Grant
from portal.domains.identity.tokens.scopes import SCOPES, granted_scope
from portal.domains.identity.tokens.secrets import digest, new_secret
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Fact, Invalid, NotFound

ID = re.compile(r"[a-z0-9][a-z0-9-]{2,63}")
OWN_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
ANY_PERMISSION = frozenset(scope.permission for scope in SCOPES.values() if scope.permission)


class ClientTaken(Fact):
    """There is a client with this id."""

    code = "client-taken"
    message = N_("There is a client «%(id)s» already.")


def register_client(
    tx: Tx,
    client_id: str,
    name: str,
    *,
    scope: str,
    redirect_uris: Sequence[str] = (),
    confidential: bool = False,
    account_id: UUID | None = None,
) -> str | None:
    """Registers an app; answers its secret, told this once, or None for a public one. `account_id` makes it a partner
    that may act for that account by itself, which takes a secret.

    Raises Invalid (id, name, scope, redirect_uris) or ClientTaken.
    """
    faults: dict[str, str] = {}
    if not ID.fullmatch(client_id):
        faults["id"] = N_("Use 3 to 64 small letters, digits and hyphens.")
    if not name.strip() or len(name) > 80:
        faults["name"] = N_("Name the app as people know it, in up to 80 characters.")
    if not all(map(is_redirect_uri, redirect_uris)):
        faults["redirect_uris"] = N_(
            "Use https, http on this machine (127.0.0.1), or a scheme of your own such as com.example.app:/done."
        )
    if not redirect_uris and account_id is None:
        faults["redirect_uris"] = N_("Name at least one address to go back to.")
    if faults:
        raise Invalid(faults)
    secret = new_secret("cs") if confidential or account_id else None
    values = {
        "id": client_id,
        "name": name.strip(),
        "secret_hash": digest(secret) if secret else None,
        "redirect_uris": list(dict.fromkeys(redirect_uris)),
        "scope": granted_scope(scope, ANY_PERMISSION),
        "account_id": account_id,
    }
    if tx.scalar(insert(Client).values(values).on_conflict_do_nothing().returning(Client.id)) is None:
        raise ClientTaken(id=client_id)
    return secret


def find_client(tx: Tx, client_id: str) -> Client | None:
    """The client, unless it was closed or never was."""
    if not ID.fullmatch(client_id):
        return None
    return tx.scalars(select(Client).where(Client.id == client_id, Client.closed_at.is_(None))).one_or_none()


def clients(tx: Tx) -> Sequence[Client]:
    """Every client, closed ones too, by id."""
    return tx.scalars(select(Client).order_by(Client.id)).all()


def close_client(tx: Tx, client_id: str, *, now: datetime) -> None:
    """Ends a client and everything it was allowed. Raises NotFound."""
    if tx.scalar(update(Client).where(Client.id == client_id).values(closed_at=now).returning(Client.id)) is None:
        raise NotFound
    ended = update(Grant).where(Grant.client_id == client_id, Grant.revoked_at.is_(None))
    tx.execute(ended.values(revoked_at=now, revoked_because="client closed"))


def knows_secret(client: Client, secret: str) -> bool:
    """Whether this is the client's secret; compared in constant time."""
    return client.secret_hash is not None and hmac.compare_digest(client.secret_hash, digest(secret))


def is_redirect_uri(uri: str) -> bool:
    """Whether a client may be answered at such an address at all.

    https anywhere; http on this machine by its number; or an app's own scheme, a domain turned round (RFC 8252).
    """
    parts = _split(uri)
    if parts is None or "#" in uri or len(uri) > 500 or not re.fullmatch(r"[\x21-\x7e]+", uri) or set(uri) & set('"\\'):
        return False
    if parts.scheme == "https":
        return bool(parts.hostname) and parts.username is None
    if parts.scheme == "http":
        return _is_loopback(parts)
    return bool(OWN_SCHEME.fullmatch(parts.scheme)) and not parts.netloc


def leads_to(client: Client, uri: str) -> bool:
    """Whether the client registered this address, letter by letter; on this machine the port is free (RFC 8252)."""
    if uri in client.redirect_uris:
        return True
    given = _split(uri)
    if given is None or not is_redirect_uri(uri) or given.scheme != "http":
        return False
    on_this_machine = (known for known in client.redirect_uris if known.startswith("http:"))
    return any(_without_port(uri) == _without_port(known) for known in on_this_machine)


def _without_port(uri: str) -> str:
    parts = urlsplit(uri)
    host = parts.netloc.rpartition(":")[0] if parts.port is not None else parts.netloc
    return parts._replace(netloc=host).geturl()


def _is_loopback(parts: SplitResult) -> bool:
    # By number: a name, even «localhost», may be made to lead elsewhere.
    try:
        return ip_address(parts.hostname or "").is_loopback and parts.username is None
    except ValueError:
        return False


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts
