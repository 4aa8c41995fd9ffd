"""The three ways to a token: a code that a person's consent gave, a refresh token, a partner's own secret."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidScopeError, UnauthorizedClientError, grants

from portal.domains import audit, identity
from portal.domains.identity import Person, tokens
from portal.domains.identity.tokens import Code, Grant, Taken
from portal.kernel import clock, log
from portal.kernel.errors import Invalid
from portal.web.database import db
from portal.web.oauth.clients import KnownClient
from portal.web.oauth.face import settings, vault

logger = log.get("web.oauth")

CLIENT_AUTH = ["none", "client_secret_basic", "client_secret_post"]


class GivenCode:
    """A code as Authlib wants it."""

    def __init__(self, row: Code) -> None:
        self.row = row
        self.code_challenge = row.code_challenge

    def get_redirect_uri(self) -> str:
        return self.row.redirect_uri

    def get_scope(self) -> str:
        return self.row.scope


class CodeGrant(grants.AuthorizationCodeGrant):
    """Authorization code: given on the consent page, taken here, once."""

    TOKEN_ENDPOINT_AUTH_METHODS = CLIENT_AUTH

    def validate_requested_scope(self) -> None:
        """Nothing yet: which scopes there are the client knows, which the person may give the consent page asks."""

    def generate_authorization_code(self) -> str:
        return ""  # save_authorization_code makes it; see authorizing.py, which gives it

    def query_authorization_code(self, code: str, client: KnownClient) -> GivenCode | None:
        found = tokens.take_code(db.session(), code, client_id=client.client_id, now=clock.now())
        if found is None:
            logger.warning("code refused", client=client.client_id)
        return GivenCode(found) if found else None

    def authenticate_user(self, authorization_code: GivenCode) -> Person | None:
        return _active(authorization_code.row.account_id)

    def create_token_response(self) -> Any:
        given: GivenCode = self.request.authorization_code
        if self.authenticate_user(given) is None:
            raise InvalidGrantError("The account is closed.")
        tx, now = db.session(), clock.now()
        grant = tokens.use_code(tx, given.row, now=now, refresh_for=timedelta(days=settings().refresh_days))
        refresh = tokens.new_refresh_token(tx, grant.id, now=now)
        _record("app.connected", grant)
        return 200, _answer(grant, grant.scope, refresh), self.TOKEN_RESPONSE_HEADER


class RefreshedToken:
    """A refresh token as Authlib wants it."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken

    def check_client(self, client: KnownClient) -> bool:
        return self.taken.grant.client_id == client.client_id

    def get_scope(self) -> str:
        return self.taken.grant.scope


class RefreshGrant(grants.RefreshTokenGrant):
    """Refresh token: used up by the next one."""

    TOKEN_ENDPOINT_AUTH_METHODS = CLIENT_AUTH

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshedToken | None:
        client: KnownClient = self.request.client
        taken = tokens.take_refresh_token(db.session(), refresh_token, client_id=client.client_id, now=clock.now())
        if taken is None:
            logger.warning("refresh refused", client=client.client_id)
        return RefreshedToken(taken) if taken else None

    def create_token_response(self) -> Any:
        taken: Taken = self.request.refresh_token.taken
        # Narrower than what was allowed is fine for this token; the next one may be as wide as ever (RFC 6749, 6).
        scope = self.request.payload.scope or taken.grant.scope
        refresh = tokens.use_refresh_token(db.session(), taken, now=clock.now())
        return 200, _answer(taken.grant, scope, refresh), self.TOKEN_RESPONSE_HEADER


class PartnerGrant(grants.ClientCredentialsGrant):
    """Client credentials: a partner acts for its own account, and nobody else's."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

    def create_token_response(self) -> Any:
        client: KnownClient = self.request.client
        person = _active(client.row.account_id)
        if person is None:
            raise UnauthorizedClientError("The account of this client is closed.")
        scope = self.request.client.get_allowed_scope(self.request.payload.scope)
        if scope is None:
            raise InvalidScopeError
        scope = granted(scope, person)
        grant = tokens.own_grant(db.session(), client.row, now=clock.now())
        return 200, _answer(grant, scope, None), self.TOKEN_RESPONSE_HEADER


def granted(scope: str, person: Person) -> str:
    """The scopes, if the person may give them. Raises InvalidScopeError, which names none: it reaches the app."""
    try:
        return tokens.granted_scope(scope, person.permissions)
    except Invalid as fact:
        raise InvalidScopeError("The account cannot give one of these scopes.") from fact


def _active(account_id: UUID | None) -> Person | None:
    person = identity.find_person(db.session(), account_id) if account_id else None
    return person if person and person.is_active else None


def _answer(grant: Grant, scope: str, refresh: str | None) -> dict[str, Any]:
    knobs = settings()
    lifetime = timedelta(minutes=knobs.access_token_minutes)
    token = tokens.issue_access_token(
        db.session(),
        vault(),
        account_id=grant.account_id,
        client_id=grant.client_id,
        scope=scope,
        base_url=knobs.base_url,
        now=clock.now(),
        lifetime=lifetime,
        auth_time=grant.auth_time,
        shown=grant.shown,
        grant_id=grant.id,
    )
    answer = {"access_token": token, "token_type": "Bearer", "expires_in": int(lifetime.total_seconds())}
    return answer | {"scope": scope} | ({"refresh_token": refresh} if refresh else {})


def _record(action: str, grant: Grant) -> None:
    subject = ("account", str(grant.account_id))
    audit.record(db.session(), grant.account_id, action, *subject, client=grant.client_id, scope=grant.scope)
