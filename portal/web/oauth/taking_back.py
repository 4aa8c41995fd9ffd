"""Revoking a token (RFC 7009), asking whether one is good (RFC 7662): by the client it was given to, and no other."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from flask import current_app

from portal.domains import audit, identity
from portal.domains.identity import tokens
from portal.kernel import clock
from portal.web.database import db
from portal.web.oauth.clients import KnownClient
from portal.web.oauth.face import settings

CLIENT_AUTH = ["client_secret_basic", "client_secret_post"]


@dataclass(frozen=True)
class FoundToken:
    """One of our tokens, whatever became of it. `claims` is what introspection tells."""

    client_id: str
    account_id: UUID
    grant_id: UUID | None
    good: bool
    claims: dict[str, Any]

    def check_client(self, client: KnownClient) -> bool:
        return self.client_id == client.client_id

    def is_expired(self) -> bool:
        return not self.good

    def is_revoked(self) -> bool:
        return not self.good


class Revocation(RevocationEndpoint):
    """Either token of a grant ends the grant: all its refresh tokens, and its access tokens at their next call."""

    CLIENT_AUTH_METHODS = ["none", *CLIENT_AUTH]

    def authenticate_token(self, request: Any, client: KnownClient) -> FoundToken | None:
        self.check_params(request, client)
        found = find_token(request.form["token"])
        # A token of somebody else is, to this client, one we do not know: it learns nothing about it.
        return found if found and found.check_client(client) else None

    def revoke_token(self, token: FoundToken, request: Any) -> None:
        tx = db.session()
        if token.grant_id is not None:
            tokens.revoke_grant(tx, token.grant_id, because="revoked by the client", now=clock.now())
            audit.record(
                tx, token.account_id, "app.signed_out", "account", str(token.account_id), client=token.client_id
            )


class Introspection(IntrospectionEndpoint):
    """Tells a client with a secret about its own tokens; of everybody else's it says that they are not good."""

    CLIENT_AUTH_METHODS = CLIENT_AUTH

    def query_token(self, token_string: str, token_type_hint: str | None) -> FoundToken | None:
        return find_token(token_string)

    def check_permission(self, token: FoundToken, client: KnownClient, request: Any) -> bool:
        return token.check_client(client)

    def introspect_token(self, token: FoundToken) -> dict[str, Any]:
        return {"active": True} | token.claims


def find_token(text: str) -> FoundToken | None:
    """One of our refresh or access tokens; None for what is neither, or not any more."""
    return _refresh_token(text) or _access_token(text)


def _refresh_token(text: str) -> FoundToken | None:
    tx, now = db.session(), clock.now()
    found = tokens.find_refresh_token(tx, text)
    if found is None:
        return None
    grant = found.grant
    person = identity.find_person(tx, grant.account_id)
    good = found.token.used_at is None and tokens.is_open(grant, now=now) and person is not None and person.is_active
    claims: dict[str, Any] = {
        "token_type": "refresh_token",
        "scope": grant.scope,
        "client_id": grant.client_id,
        "sub": str(grant.account_id),
    }
    claims |= {"iss": tokens.issuer_of(settings().base_url), "iat": int(found.token.issued_at.timestamp())}
    claims |= {"exp": int(grant.expires_at.timestamp())} if grant.expires_at else {}
    return FoundToken(grant.client_id, grant.account_id, grant.id, good, claims)


def _access_token(text: str) -> FoundToken | None:
    base_url = settings().base_url
    validator = tokens.AccessTokenValidator(base_url, current_app.extensions["api.keys"], realm="jari")
    try:
        claims = validator.authenticate_token(text)
        validator.validate_token(claims, [], None)
        account_id = UUID(claims["sub"])
        grant_id = UUID(claims["grant_id"]) if "grant_id" in claims else None
    except (OAuth2Error, ValueError, KeyError):
        return None
    stands = tokens.still_stands(db.session(), account_id, grant_id=grant_id, issued_at=int(claims["iat"]))
    return FoundToken(claims["client_id"], account_id, grant_id, stands, {**claims, "token_type": "Bearer"})
