"""Signing out there as well, and being signed out by the provider."""

from uuid import UUID

import pytest
from flask import Flask
from redis import Redis

from tests.portal.web.auth.conftest import Browser
from tests.portal.web.auth.outside.conftest import come_back, link, linking, on_the_way, set_out, sign_in, with_password
from tests.support import hostile, people
from tests.support.hostile import CLIENT, Hostile


def test_signing_out_goes_on_to_the_provider(guest: Browser, idp: Hostile, kim: people.Person, app: Flask) -> None:
    idp.person["email"] = "new@example.com"
    sign_in(guest, idp)
    guest.get("/account/security")
    there = on_the_way(guest.send("/sign-out"))
    assert there.startswith(f"{idp.url}/bye?")
    assert "client_id=jari" in there
    assert "id_token_hint" not in there
    assert not guest.is_in
    by_password = with_password(app)
    by_password.get("/account/security")
    assert by_password.send("/sign-out").status_code == 303


def bye(app: Flask, token: str | None, name: str = "acme") -> int:
    told = {"logout_token": token} if token else {}
    return app.test_client().post(f"/hooks/oidc/{name}/logout", data=told).status_code


@pytest.mark.asvs("10.5.5")
def test_the_provider_ends_the_sessions_that_began_there_and_no_other(
    guest: Browser, idp: Hostile, app: Flask, kim: people.Person
) -> None:
    by_password = with_password(app)
    link(by_password, idp)
    idp.claims = lambda claims: claims.update(sid="another")
    elsewhere = Browser(app.test_client())
    sign_in(elsewhere, idp)
    idp.claims = lambda claims: None
    sign_in(guest, idp)
    assert bye(app, idp.logout_token(sid="session-there")) == 200
    assert (guest.is_in, elsewhere.is_in, by_password.is_in) == (False, True, True)
    sign_in(guest, idp)
    assert bye(app, idp.logout_token()) == 200
    assert (guest.is_in, elsewhere.is_in, by_password.is_in) == (False, False, True)


ASIDE = {"http://schemas.openid.net/event/other": {}}
FORGED = {
    "typ of an ID token": {"typ": "JWT"},
    "no typ": {"typ": None},
    "another event": {"events": ASIDE},
    "no event": {"events": None},
    "an event that is no object": {"events": {hostile.LOGOUT: True}},
    "a nonce": {"nonce": "x"},
    "made long ago": {"iat": 1_700_000_000},
    "made in the future": {"iat": 4_000_000_000},
    "no iat": {"iat": None},
    "no exp": {"exp": None},
    "expired": {"exp": 1_700_000_000},
    "no jti": {"jti": None},
    "another audience": {"aud": "other"},
    "one audience too many": {"aud": [CLIENT, "other"]},
    "another issuer": {"iss": "https://evil.example"},
    "nobody named": {"sub": None},
    "unsigned": {"sign": hostile.unsigned},
}


@pytest.mark.asvs("10.5.5")
@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in FORGED.items()])
def test_a_forged_logout_token_ends_nothing(
    guest: Browser, idp: Hostile, app: Flask, change: dict[str, object]
) -> None:
    sign_in(guest, idp)
    assert bye(app, idp.logout_token(**change)) == 400
    assert guest.is_in


@pytest.mark.asvs("10.5.5")
def test_a_logout_token_works_once_and_at_its_own_provider(
    guest: Browser, idp: Hostile, evil_server: Hostile, app: Flask
) -> None:
    sign_in(guest, idp)
    token = idp.logout_token()
    assert bye(app, token, "evil") == 400
    assert bye(app, evil_server.logout_token(sub=idp.subject, iss=idp.issuer)) == 400
    assert bye(app, evil_server.logout_token(sub=idp.subject), "evil") == 200
    assert guest.is_in
    assert bye(app, token) == 200
    assert not guest.is_in
    sign_in(guest, idp)
    assert bye(app, token) == 400
    assert bye(app, None) == 400
    assert guest.is_in


@pytest.mark.asvs("10.5.5")
@pytest.mark.usefixtures("kim")
def test_a_provider_ends_no_session_of_another_whatever_the_subject(
    guest: Browser, idp: Hostile, evil_server: Hostile, app: Flask
) -> None:
    browser = with_password(app)
    link(browser, idp)
    evil_server.subject = idp.subject
    assert come_back(browser, evil_server.authorise(linking(browser, "evil")), "evil").status_code == 303
    come_back(guest, evil_server.authorise(set_out(guest, "evil")), "evil")
    assert guest.is_in
    assert bye(app, idp.logout_token()) == 200
    assert guest.is_in


def test_an_account_that_nobody_linked_has_nothing_to_end(app: Flask, idp: Hostile, redis: Redis) -> None:
    assert bye(app, idp.logout_token(sub=str(UUID(int=1)))) == 200
