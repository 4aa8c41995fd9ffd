"""Apps that ask for tokens as real ones do: through the browser, with PKCE, and at the endpoints."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from portal.domains.identity import Person, tokens
from portal.kernel.db import transaction
from tests.support import people

BACK = "https://app.example/done"
SCOPE = "bookings:read points:read"


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


@dataclass
class App:
    """An app registered at the portal; a secret makes it a confidential one."""

    flask: Flask
    id: str
    secret: str | None = None
    back: str = BACK
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def request(self, **changed: str | None) -> dict[str, str]:
        """The parameters it asks with; None leaves one out."""
        asked: Mapping[str, str | None] = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": self.back,
            "scope": SCOPE,
            "state": "the state of the app",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**asked, **changed}.items() if value is not None}

    def look(self, browser: FlaskClient, **changed: str | None) -> TestResponse:
        """What a person sees whom the app sends to us."""
        return browser.get(f"/oauth/authorize?{urlencode(self.request(**changed))}")

    def answered(self, browser: FlaskClient, csrf: str, answer: str = "allow", **changed: str | None) -> TestResponse:
        address = f"/oauth/authorize?{urlencode(self.request(**changed))}"
        return browser.post(address, data={"csrf_token": csrf, "answer": answer})

    def code(self, person: Person, **changed: str | None) -> str:
        """A code this person's consent gave."""
        browser = self.flask.test_client()
        signed_in = people.sign_in(browser, person)
        return said(self.answered(browser, signed_in.csrf, **changed))["code"]

    def send(self, path: str, *, basic: bool = True, **fields: str | None) -> TestResponse:
        """A request of its own, proving itself as it can."""
        sent = {name: value for name, value in fields.items() if value is not None}
        auth = None
        if self.secret and basic:
            auth = (self.id, self.secret)
        else:
            sent = {"client_id": self.id} | ({"client_secret": self.secret} if self.secret else {}) | sent
        return self.flask.test_client().post(path, data=sent, auth=auth)

    def trade(self, code: str, **changed: str | None) -> TestResponse:
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.back}
        return self.send("/oauth/token", **{**fields, "code_verifier": self.verifier, **changed})

    def connect(self, person: Person, **changed: str | None) -> dict[str, str]:
        """The whole way: the answer of the token endpoint."""
        answer = self.trade(self.code(person, **changed))
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def refresh(self, token: str, **more: str | None) -> TestResponse:
        return self.send("/oauth/token", grant_type="refresh_token", refresh_token=token, **more)

    def call(self, token: str, path: str = "/points") -> int:
        """The status of a call of the API."""
        headers = {"Authorization": f"Bearer {token}"}
        return self.flask.test_client().get(f"/api/v1{path}", headers=headers).status_code


def register(
    flask: Flask, engine: Engine, client_id: str = "an-app", *, back: str = BACK, scope: str = SCOPE, **kind: Any
) -> App:
    """An app with this id; `confidential=True` or `account_id=…` give it a secret."""
    with transaction(engine) as tx:
        secret = tokens.register_client(
            tx,
            client_id,
            "An App",
            scope=scope,
            redirect_uris=[back],
            **kind,
        )
    return App(flask, client_id, secret, back)


def said(answer: TestResponse) -> dict[str, str]:
    """What a redirect tells the app."""
    assert answer.status_code == 303, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
