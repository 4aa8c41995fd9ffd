"""Step-up: what matters is done only shortly after one has shown who one is, by the strongest thing there is."""

import re

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from portal.domains import identity
from portal.domains.identity import Purpose, challenge
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.web.guards import Guard
from tests.portal.web.auth.conftest import Browser
from tests.portal.web.auth.test_signing_in import fresh_code
from tests.support import people

SENSITIVE = {
    "staff.approve": "act",
    "auth.start_totp": "account",
    "auth.confirm_totp": "account",
    "auth.remove_factor": "account",
    "auth.start_email": "account",
    "auth.start_phone": "account",
    "auth.email": "account",
    "auth.start_address": "account",
    "auth.make_recovery_codes": "account",
    "auth.forget_device": "act",
    "auth.forget_devices": "act",
    "auth.end_session": "act",
    "auth.end_other_sessions": "act",
}


@pytest.mark.asvs("7.5.1", "7.5.3")
def test_the_list_of_what_has_to_be_confirmed(app: Flask) -> None:
    asked: dict[str, str] = {}
    for endpoint, view in app.view_functions.items():
        guard: Guard | None = getattr(view, "guard", None)
        if guard and guard.fresh:
            asked[endpoint] = guard.fresh.value
    assert asked.items() >= SENSITIVE.items()


@pytest.mark.asvs("7.5.1", "7.2.4")
def test_a_stale_session_confirms_with_password_and_code_and_comes_back(
    guest: Browser, kim: people.Person, database: Engine, app: Flask
) -> None:
    person, secret = people.with_totp(database, kim)
    people.sign_in(guest.client, person, fresh=False)
    guest.get("/account/security")
    answer = guest.client.post(
        "/account/security/recovery",
        data={"csrf_token": guest.csrf},
        headers={"Referer": "http://localhost/account/security"},
    )
    assert answer.location == "/confirm?purpose=account&next=/account/security"
    first = guest.sid
    assert guest.fill_in(answer.location, password="Wrong-Password!1").status_code == 422
    assert guest.send(answer.location, password=people.PASSWORD).location == "/sign-in/code"
    guest.get("/account/security")
    assert guest.send("/account/security/recovery").status_code == 303, "half is nothing"
    guest.get("/sign-in/code")
    assert guest.send("/sign-in/code", by="totp", code="000000").status_code == 422
    ends = app.extensions["sessions"].load(guest.sid).ends
    assert guest.send("/sign-in/code", by="totp", code=fresh_code(secret)).location == "/account/security"
    assert guest.sid != first
    assert app.extensions["sessions"].load(first) is None
    assert app.extensions["sessions"].load(guest.sid).ends == pytest.approx(ends, abs=2), "no longer life by this"
    guest.get("/account/security")
    assert guest.send("/account/security/recovery").status_code == 200


@pytest.mark.asvs("7.5.3")
def test_it_counts_for_five_minutes(guest: Browser, kim: people.Person, app: Flask) -> None:
    people.sign_in(guest.client, kim)
    guest.get("/account/security")
    store = app.extensions["sessions"]
    stored = store.load(guest.sid)
    for seconds, status in ((295, 200), (301, 303)):
        stored.data["fresh"] = {"account": clock.now().timestamp() - seconds}
        store.save(guest.sid, stored)
        assert guest.send("/account/security/recovery").status_code == status
        stored = store.load(guest.sid) or stored


@pytest.mark.asvs("7.5.1")
def test_confirming_an_act_is_not_enough_for_the_account(guest: Browser, kim: people.Person, database: Engine) -> None:
    person, secret = people.with_totp(database, kim)
    people.sign_in(guest.client, person, fresh=False)
    guest.get("/account/security")
    answer = guest.send("/account/sessions/end")
    assert answer.location.startswith("/confirm?purpose=act")
    assert guest.get(answer.location).location == "/sign-in/code"
    guest.get("/sign-in/code")
    assert guest.send("/sign-in/code", by="totp", code=fresh_code(secret)).status_code == 303
    guest.get("/account/security")
    assert guest.send("/account/sessions/end").location == "/account/security"
    assert guest.send("/account/security/recovery").location.startswith("/confirm?purpose=account")


@pytest.mark.asvs("6.3.3", "7.5.3")
def test_a_code_by_mail_confirms_nothing(guest: Browser, kim: people.Person, database: Engine) -> None:
    with transaction(database) as tx:
        identity.add_code_factor(tx, identity.Vault(people.SECRET_KEY), kim.id, "email", now=clock.now())
    people.sign_in(guest.client, kim, fresh=False)
    guest.get("/account/security")
    answer = guest.send("/account/sessions/end")
    page = guest.get(answer.location)
    assert page.status_code == 200
    assert 'name="password"' in page.text
    guest.get("/sign-in/code")
    assert guest.send("/sign-in/code/sending", by="email").status_code == 200
    with transaction(database) as tx:
        assert tx.scalar(text("SELECT count(*) FROM sent_codes")) == 0


@pytest.mark.asvs("6.6.2")
def test_a_confirmation_is_for_whoever_is_signed_in_here(
    guest: Browser, kim: people.Person, app: Flask, database: Engine
) -> None:
    lee, secret = people.with_totp(database, people.customer(database, "lee@example.com"))
    people.sign_in(guest.client, kim, fresh=False)
    store = app.extensions["sessions"]
    stored = store.load(guest.sid)
    now = clock.now().timestamp()
    stored.data["pending"] = challenge.begin(str(lee.id), Purpose.ACCOUNT, now=now, shown=["pwd"]).kept()
    store.save(guest.sid, stored)
    guest.get("/account/security")
    assert guest.send("/sign-in/code", by="totp", code=fresh_code(secret)).location == "/sign-in"


@pytest.mark.asvs("7.5.3")
def test_htmx_is_led_to_the_confirmation_and_back_to_the_page(guest: Browser, kim: people.Person) -> None:
    people.sign_in(guest.client, kim, fresh=False)
    guest.get("/account/security")
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/account/security", "X-CSRFToken": guest.csrf}
    answer = guest.client.post("/account/sessions/end", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/confirm?purpose=act&next=/account/security"


@pytest.mark.asvs("3.7.2")
def test_nobody_is_led_away(guest: Browser, kim: people.Person) -> None:
    people.sign_in(guest.client, kim, fresh=False)
    answer = guest.fill_in("/confirm?purpose=account&next=//evil.example", password=people.PASSWORD)
    assert answer.location == "/account/security"
    page = guest.get("/confirm?purpose=act&next=https://evil.example").text
    assert not re.search(r'(href|action)="(https:)?//', page)
