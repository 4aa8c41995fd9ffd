"""Authlib's authorization server on our tables.

Authlib reads requests, authenticates clients and words the errors. Ours are the rules it leaves open: one value a
parameter, nothing in the address that belongs into the body, PKCE with S256 for every client, rotation, families.
"""

import re
from typing import Any, cast

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Flask, Response, current_app, request

from portal.web.oauth.clients import query_client
from portal.web.oauth.grants import CodeGrant, PartnerGrant, RefreshGrant
from portal.web.oauth.taking_back import Introspection, Revocation

PLAIN = re.compile(r"[\x20-\x7e]{1,2000}")
QUOTED = re.compile(r"[\"\\]")
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
MEANT = (
    *("response_type", "grant_type", "client_id", "client_secret", "redirect_uri", "scope", "state", "code"),
    *("code_challenge", "code_challenge_method", "code_verifier", "refresh_token", "token", "token_type_hint"),
    *("max_age", "prompt"),
)
QUOTED_IN_ERRORS = ("response_type", "grant_type", "client_id", "redirect_uri", "scope", "token_type_hint")


class Server(AuthorizationServer):
    """One for the application; it keeps nothing between requests."""

    def create_oauth2_request(self, _request: Any) -> FlaskOAuth2Request:
        return FlaskOAuth2Request(request)

    def save_token(self, _token: Any, _request: Any) -> None:
        """Nothing: an access token is kept by nobody, a refresh token was written when it was made."""


class S256(CodeChallenge):
    """PKCE for every client, with a secret or without; Authlib asks only the public ones, and would take `plain`."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: Any) -> None:
        given = grant.request.payload.data
        # A method that is not named means `plain` (RFC 7636, 4.3).
        if given.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(given.get("code_challenge", "")):
            raise InvalidRequestError("PKCE is needed: a code_challenge with code_challenge_method=S256.")

    def get_authorization_code_challenge_method(self, authorization_code: Any) -> str:
        return "S256"


def install(app: Flask) -> None:
    server = Server(app, query_client=query_client)
    server.register_grant(CodeGrant, [S256(required=True)])
    server.register_grant(RefreshGrant)
    server.register_grant(PartnerGrant)
    server.register_endpoint(Revocation)
    server.register_endpoint(Introspection)
    app.extensions["oauth.server"] = server


def server() -> Server:
    return cast(Server, current_app.extensions["oauth.server"])


def fault(values: Any) -> str | None:
    """What is wrong with the parameters before anybody looks at what they say; None if nothing."""
    for name in MEANT:
        given = values.getlist(name)
        if len(given) > 1:
            return f"The parameter {name} came more than once."
        if given and given[0] and not PLAIN.fullmatch(given[0]):
            return f"The parameter {name} has characters that do not belong there, or is too long."
        # Authlib quotes these in its errors, and may not quote a quotation mark.
        if given and name in QUOTED_IN_ERRORS and QUOTED.search(given[0]):
            return f"The parameter {name} has characters that do not belong there."
    return None


def refused(description: str) -> Response:
    """400 invalid_request, as JSON."""
    status, body, headers = InvalidRequestError(description)()
    return cast(Response, server().handle_response(status, body, headers))
