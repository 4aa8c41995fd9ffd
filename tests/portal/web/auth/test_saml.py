"""Signing in by SAML, linking it, confirming by it; and what a form from another site does not do."""

from collections.abc import Iterator

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

import local.redis
from portal import create_app
from portal.config import Settings
from portal.domains import identity
from portal.domains.identity.federation.models import ExternalIdentity
from portal.domains.identity.models import Account
from portal.kernel.db import transaction
from tests.portal.web.auth.conftest import KIM, Browser
from tests.portal.web.auth.outside.conftest import linking, on_the_way, set_out, with_password
from tests.support import people
from tests.support.saml import Idp, packed

ACME, EVIL = Idp(), Idp("https://evil.example/saml")


@pytest.fixture
def idp() -> Iterator[Idp]:
    yield ACME
    ACME.change = EVIL.change = lambda facts: None


def app_of(settings: Settings, **more: object) -> Flask:
    acme = ACME.as_settings(label="Acme", email_verified=True, second_factor_acr="urn:mfa")
    app = create_app(settings.model_copy(update={"saml": (acme, EVIL.as_settings("evil")), **more}))
    app.testing = True
    return app


@pytest.fixture(scope="module")
def app(settings: Settings) -> Flask:
    return app_of(settings)


def hand_in(browser: Browser, form: dict[str, str], name: str = "acme", **headers: str) -> TestResponse:
    """As the provider's page does it: a form from another site, without a token of ours and without our session."""
    other_site = {"Origin": "https://idp.example", "Sec-Fetch-Site": "cross-site", **headers}
    session = browser.client.get_cookie("sid")
    if session:
        browser.client.delete_cookie("sid")
    answer = browser.client.post(f"/sign-in/with/{name}/acs", data=form, headers=other_site)
    assert not any(cookie.startswith("sid=") for cookie in answer.headers.getlist("Set-Cookie"))
    if session:
        browser.client.set_cookie("sid", session.value)
    return answer


def come_back(browser: Browser, form: dict[str, str], name: str = "acme") -> TestResponse:
    answer = hand_in(browser, form, name)
    assert answer.status_code == 303
    return browser.client.get(answer.location)


def sign_in(browser: Browser, idp: Idp, wanted: str = "") -> TestResponse:
    return come_back(browser, idp.authorise(set_out(browser, wanted=wanted)))


def test_somebody_new_gets_an_account_and_comes_back_to_it(
    guest: Browser, idp: Idp, app: Flask, database: Engine
) -> None:
    assert "Sign in with Acme" in guest.get("/sign-in").text
    answer = sign_in(guest, idp, "/account/security")
    assert (answer.status_code, answer.location) == (303, "/account/security")
    assert guest.is_in
    again = Browser(app.test_client())
    sign_in(again, idp)
    assert again.is_in
    with transaction(database) as tx:
        assert tx.scalars(select(Account)).one().email == KIM
        assert tx.scalars(select(ExternalIdentity)).one().issuer == f"saml:{idp.entity_id}"


@pytest.mark.asvs("6.8.1")
@pytest.mark.usefixtures("kim")
def test_an_address_or_a_subject_of_somebody_else_opens_nothing(guest: Browser, idp: Idp, app: Flask) -> None:
    assert "link it" in sign_in(guest, idp).text
    assert not guest.is_in
    browser = with_password(app)
    assert come_back(browser, idp.authorise(linking(browser))).location == "/account/security#linked"
    assert "Unlink Acme" in browser.get("/account/security").text
    answer = come_back(guest, EVIL.authorise(set_out(guest, "evil")), "evil")
    assert answer.status_code == 422
    assert not guest.is_in
    sign_in(guest, idp)
    assert guest.is_in


def test_an_address_the_settings_do_not_trust_signs_nobody_up(guest: Browser, idp: Idp) -> None:
    answer = come_back(guest, EVIL.authorise(set_out(guest, "evil")), "evil")
    assert answer.status_code == 422
    assert not guest.is_in


@pytest.mark.asvs("6.8.3")
def test_only_the_browser_that_set_out_comes_back_and_once(guest: Browser, idp: Idp, app: Flask) -> None:
    form, stranger = idp.authorise(set_out(guest)), Browser(app.test_client())
    assert come_back(stranger, form).status_code == 422
    set_out(stranger)
    assert come_back(stranger, form).status_code == 422
    assert not stranger.is_in
    assert come_back(guest, form).status_code == 422, "it was taken out by the stranger's try"

    form = idp.authorise(set_out(guest))
    led_on = hand_in(guest, form)
    assert stranger.client.get(led_on.location).status_code == 422
    assert guest.client.get(led_on.location).status_code == 422, "so was the way on"

    form = idp.authorise(set_out(guest))
    led_on = hand_in(guest, form)
    assert guest.client.get(led_on.location).status_code == 303
    assert guest.is_in
    assert guest.client.get(led_on.location).status_code == 422
    assert come_back(guest, form).status_code == 422


@pytest.mark.asvs("6.8.3")
def test_an_assertion_does_not_come_in_a_second_time_on_a_new_trip(guest: Browser, idp: Idp) -> None:
    idp.change = lambda facts: setattr(facts, "assertion", "_the-same")
    sign_in(guest, idp)
    assert guest.is_in
    guest.get("/account/security")
    guest.send("/sign-out")
    answer = sign_in(guest, idp)
    assert answer.status_code == 422
    assert not guest.is_in


@pytest.mark.asvs("6.8.2", "10.2.2")
def test_unasked_answers_and_answers_of_another_provider_open_nothing(guest: Browser, idp: Idp) -> None:
    form = idp.authorise(set_out(guest))
    assert come_back(guest, {"SAMLResponse": form["SAMLResponse"]}).status_code == 422
    assert come_back(guest, form, "evil").status_code == 422
    url = set_out(guest)
    facts = idp.facts(url)
    assert come_back(guest, {**form, "SAMLResponse": packed(EVIL.honest(facts))}).status_code == 422
    url = set_out(guest)
    answer = come_back(guest, {**idp.authorise(url), "SAMLResponse": packed(EVIL.honest(idp.facts(url)))})
    assert "not one we can rely on" in answer.text
    assert not guest.is_in


def test_a_no_there_is_a_no_here(guest: Browser, idp: Idp) -> None:
    url = set_out(guest)
    facts = idp.facts(url)
    facts.status = "urn:oasis:names:tc:SAML:2.0:status:Responder"
    answer = come_back(guest, {**idp.authorise(url), "SAMLResponse": packed(facts.response_xml(""))})
    assert "You were not signed in there" in answer.text


@pytest.mark.asvs("6.8.4", "6.3.3")
def test_whoever_has_a_second_factor_shows_it_unless_a_trusted_one_was_shown_there(
    guest: Browser, idp: Idp, app: Flask, kim: people.Person, database: Engine
) -> None:
    browser = with_password(app)
    come_back(browser, idp.authorise(linking(browser)))
    people.with_totp(database, kim)
    assert sign_in(guest, idp).location == "/sign-in/code"
    assert not guest.is_in
    idp.change = lambda facts: setattr(facts, "acr", "urn:mfa")
    sign_in(guest, idp)
    assert guest.is_in


@pytest.mark.asvs("7.5.1", "6.8.4")
def test_an_account_without_a_password_confirms_there_and_types_something(
    guest: Browser, idp: Idp, app: Flask, database: Engine
) -> None:
    sign_in(guest, idp)
    with transaction(database) as tx:
        person = identity.find_person(tx, tx.scalars(select(Account.id)).one())
    assert person
    browser = Browser(app.test_client())
    people.sign_in(browser.client, person, fresh=False)
    confirming = "?purpose=account&next=/account/security"

    def confirm() -> TestResponse:
        browser.get(f"/confirm{confirming}")
        url = on_the_way(browser.send(f"/confirm/with/acme{confirming}"))
        assert idp.asked(url)[0].get("ForceAuthn") == "true"
        return come_back(browser, idp.authorise(url))

    idp.change = lambda facts: setattr(facts, "signed_in", facts.now.replace(year=facts.now.year - 1))
    assert confirm().status_code == 422
    idp.change = lambda facts: None
    assert confirm().location == "/account/security"
    browser.get("/account/security")
    assert browser.send("/account/security/sign-ins/evil").status_code == 200


@pytest.mark.asvs("3.3.1", "3.3.2", "3.3.3", "3.3.4")
def test_the_cookie_of_a_trip_comes_from_other_sites_and_by_https_only(
    settings: Settings, database: Engine, redis: Redis
) -> None:
    browser = Browser(app_of(settings, base_url="https://book.example").test_client())
    https = {"base_url": "https://book.example"}
    browser.get("/sign-in", **https)
    answer = browser.client.post("/sign-in/with/acme", data={"csrf_token": browser.csrf}, **https)
    flags = "Secure; HttpOnly; Path=/; SameSite=None"
    cookies = [one for one in answer.headers.getlist("Set-Cookie") if "saml_tx" in one]
    assert len(cookies) == 1
    assert cookies[0].startswith("__Host-saml_tx=")
    assert all(flag in cookies[0] for flag in flags.split("; "))
    form = ACME.authorise(on_the_way(answer))
    led_on = browser.client.post("/sign-in/with/acme/acs", data=form, **https)
    gone = browser.client.get(led_on.location, **https).headers.getlist("Set-Cookie")
    assert any(one.startswith("__Host-saml_tx=;") and "Max-Age=0" in one and "Secure" in one for one in gone)


def test_on_plain_http_it_has_a_plain_name(guest: Browser, idp: Idp) -> None:
    set_out(guest)
    assert guest.client.get_cookie("saml_tx")


def test_our_metadata_are_there_for_whoever_runs_the_provider(guest: Browser) -> None:
    answer = guest.get("/sign-in/with/acme/metadata")
    assert "http://localhost/sign-in/with/acme/acs" in answer.text
    assert answer.content_type == "application/samlmetadata+xml"
    for path in ("metadata", "arrived", "back"):
        assert guest.get(f"/sign-in/with/nobody/{path}").status_code == 404
    assert guest.get("/sign-in/with/acme/back").status_code == 404


@pytest.mark.asvs("16.5.3")
def test_without_redis_nobody_comes_in(settings: Settings, database: Engine, mortal_redis: local.redis.Redis) -> None:
    browser = Browser(app_of(settings, redis_url=mortal_redis.url).test_client())
    form = ACME.authorise(set_out(browser))
    mortal_redis.stop()
    assert browser.client.post("/sign-in/with/acme/acs", data=form).status_code == 503


def test_a_form_too_large_is_not_read(guest: Browser) -> None:
    assert guest.client.post("/sign-in/with/acme/acs", data={"SAMLResponse": "A" * 600_000}).status_code == 413
