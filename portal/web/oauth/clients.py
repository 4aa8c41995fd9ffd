"""A client as Authlib wants to be told of it."""

from authlib.oauth2.rfc6749 import ClientMixin

from portal.domains.identity import tokens
from portal.domains.identity.tokens import Client
from portal.web.database import db
from portal.web.oauth.metadata import CLIENT_AUTH


class KnownClient(ClientMixin):
    """Answers from our table; what a client may do follows from what it has: a secret, an address, an account."""

    def __init__(self, row: Client) -> None:
        self.row = row
        self.client_id = row.id

    @property
    def is_public(self) -> bool:
        return self.row.secret_hash is None

    def get_client_id(self) -> str:
        return self.row.id

    def get_default_redirect_uri(self) -> None:
        """None: a request that names no address is refused, so that none is ever guessed."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The asked scopes if every one is registered; all that are when none is named."""
        allowed = self.row.scope.split()
        wanted = scope.split() if scope else allowed
        return " ".join(dict.fromkeys(wanted)) if wanted and set(wanted) <= set(allowed) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return tokens.leads_to(self.row, redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        return tokens.knows_secret(self.row, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """A client with a secret shows it, everywhere; one without is never asked who it is at introspection."""
        if method == "none":
            return self.is_public and endpoint != "introspection"
        return not self.is_public and method in CLIENT_AUTH

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and bool(self.row.redirect_uris)

    def check_grant_type(self, grant_type: str) -> bool:
        if grant_type == "client_credentials":
            return self.row.account_id is not None
        return grant_type in {"authorization_code", "refresh_token"} and bool(self.row.redirect_uris)


def query_client(client_id: str) -> KnownClient | None:
    """The client of this id, if it is open."""
    row = tokens.find_client(db.session(), client_id)
    return KnownClient(row) if row else None
