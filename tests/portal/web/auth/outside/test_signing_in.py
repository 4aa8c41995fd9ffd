"""Signing in with an outside provider, and linking it."""

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import Engine, select, text

from portal.domains import identity
from portal.domains.identity import federation
from portal.domains.identity.federation.models import ExternalIdentity
from portal.domains.identity.models import Account
from portal.kernel.db import transaction
from tests.portal.web.auth.conftest import KIM, Browser
from tests.portal.web.auth.outside.conftest import come_back, link, on_the_way, set_out, sign_in, with_password
from tests.support import people
from tests.support.hostile import Hostile


def test_somebody_new_gets_an_account_without_a_password_and_comes_back_to_it(
    guest: Browser, idp: Hostile, app: Flask, database: Engine
) -> None:
    page = guest.get("/sign-in").text
    assert "Sign in with Acme" in page
    answer = sign_in(guest, idp, "/account/security")
    assert (answer.status_code, answer.location) == (303, "/account/security")
    assert guest.is_in
    again = Browser(app.test_client())
    sign_in(again, idp)
    assert again.is_in
    with transaction(database) as tx:
        account = tx.scalars(select(Account)).one()
        assert (account.email, account.name, account.password_hash) == (KIM, "Kim Minji", None)
        assert tx.scalars(select(ExternalIdentity)).one().last_used_at is not None


@pytest.mark.asvs("10.5.2", "6.8.1")
@pytest.mark.usefixtures("kim")
def test_an_address_somebody_has_here_opens_nothing(
    guest: Browser, idp: Hostile, evil_server: Hostile, database: Engine
) -> None:
    answer = sign_in(guest, idp)
    assert answer.status_code == 422
    assert "link it" in answer.text
    assert not guest.is_in
    for person in ({"email_verified": False}, {"email": "new@example.com", "email_verified": "true"}, {"email": None}):
        idp.person = {**idp.person, **person}
        assert sign_in(guest, idp).status_code == 422
        assert not guest.is_in
    with transaction(database) as tx:
        assert tx.scalars(select(ExternalIdentity)).all() == []


@pytest.mark.asvs("10.5.2", "6.8.1")
def test_the_same_subject_of_another_provider_is_another_person(
    guest: Browser, idp: Hostile, evil_server: Hostile, app: Flask, kim: people.Person
) -> None:
    link(with_password(app), idp)
    evil_server.subject = idp.subject
    answer = come_back(guest, evil_server.authorise(set_out(guest, "evil")), "evil")
    assert answer.status_code == 422
    assert not guest.is_in


@pytest.mark.asvs("10.1.2", "10.5.1")
def test_only_the_browser_that_set_out_comes_back_and_once(guest: Browser, idp: Hostile, app: Flask) -> None:
    told = idp.authorise(set_out(guest))
    stranger = Browser(app.test_client())
    assert come_back(stranger, told).status_code == 422
    set_out(stranger)
    assert come_back(stranger, told).status_code == 422
    assert not stranger.is_in
    assert come_back(guest, told, "evil").status_code == 422
    told = idp.authorise(set_out(guest))
    assert come_back(guest, told).status_code == 303
    assert come_back(guest, told).status_code == 422


@pytest.mark.usefixtures("kim")
def test_whoever_is_signed_in_links_and_comes_in_by_it_next_time(guest: Browser, idp: Hostile, app: Flask) -> None:
    browser = with_password(app)
    assert "not linked" in browser.get("/account/security").text
    assert link(browser, idp).location == "/account/security#linked"
    assert "Unlink Acme" in browser.get("/account/security").text
    sign_in(guest, idp)
    assert guest.is_in


@pytest.mark.usefixtures("kim")
def test_what_opens_one_account_is_not_linked_to_another(idp: Hostile, app: Flask, database: Engine) -> None:
    link(with_password(app), idp)
    lee = people.customer(database, "lee@example.com")
    browser = Browser(app.test_client())
    people.sign_in(browser.client, lee)
    assert link(browser, idp).status_code == 422
    idp.subject = "person-2"
    assert link(with_password(app), idp).status_code == 422
    with transaction(database) as tx:
        assert tx.scalars(select(ExternalIdentity.subject)).all() == ["person-1"]


@pytest.mark.usefixtures("kim")
def test_a_link_asked_for_by_one_is_not_given_to_another(
    guest: Browser, idp: Hostile, app: Flask, database: Engine
) -> None:
    browser = with_password(app)
    browser.get("/account/security")
    told = idp.authorise(on_the_way(browser.send("/account/security/sign-ins/acme")))
    other = people.customer(database, "lee@example.com")
    with browser.client.session_transaction() as session:
        session["trips"] = {state: {**trip, "account": str(other.id)} for state, trip in session["trips"].items()}
    assert come_back(browser, told).location == "/sign-in"
    browser.get("/account/security")
    told = idp.authorise(on_the_way(browser.send("/account/security/sign-ins/acme")))
    browser.send("/sign-out")
    assert come_back(browser, told).status_code == 422
    assert come_back(guest, told).status_code == 422
    sign_in(guest, idp)
    assert not guest.is_in


def test_the_last_way_in_stays(guest: Browser, idp: Hostile, database: Engine) -> None:
    sign_in(guest, idp)
    with transaction(database) as tx:
        mine = tx.scalars(select(ExternalIdentity)).one()
    removal = f"/account/security/sign-ins/{mine.id}/removal"
    guest.get("/account/security")
    guest.send(removal)
    assert "only way to sign in" in guest.get("/account/security").text
    with transaction(database) as tx:
        # A link of a provider that is offered no more is no way in.
        tx.add(ExternalIdentity(account_id=mine.account_id, issuer="https://gone.example", subject="x"))
    guest.send(removal)
    assert "Unlink Acme" in guest.get("/account/security").text
    with transaction(database) as tx:
        tx.execute(text("UPDATE accounts SET password_hash = 'some'"))
    guest.send(removal)
    assert "Unlink Acme" not in guest.get("/account/security").text


def test_nobody_unlinks_what_is_anothers(idp: Hostile, app: Flask, kim: people.Person, database: Engine) -> None:
    link(with_password(app), idp)
    lee = people.customer(database, "lee@example.com")
    with transaction(database) as tx:
        theirs = tx.scalars(select(ExternalIdentity.id)).one()
        with pytest.raises(identity.federation.linking.NotFound):
            federation.unlink(tx, lee.id, theirs, issuers=frozenset())


@pytest.mark.asvs("6.8.4", "6.3.3")
def test_whoever_has_a_second_factor_shows_it_unless_a_trusted_one_was_shown_there(
    guest: Browser, idp: Hostile, app: Flask, kim: people.Person, database: Engine
) -> None:
    link(with_password(app), idp)
    people.with_totp(database, kim)
    for amr in (None, ["pwd"], ["pwd", "sms"]):
        idp.claims = lambda claims, amr=amr: claims.update(amr=amr)  # type: ignore[misc]  # the amr of this round
        assert sign_in(guest, idp).location == "/sign-in/code"
        assert not guest.is_in
    idp.claims = lambda claims: claims.update(amr=["pwd", "otp"])
    sign_in(guest, idp)
    assert guest.is_in


def test_a_closed_account_and_staff_do_not_come_in_by_it(
    guest: Browser, idp: Hostile, app: Flask, kim: people.Person, database: Engine
) -> None:
    link(with_password(app), idp)
    for statement in (
        "INSERT INTO account_roles (account_id, role) VALUES (:id, 'refunds')",
        "UPDATE accounts SET disabled_at = now() WHERE id = :id",
    ):
        with transaction(database) as tx:
            tx.execute(text(statement), {"id": kim.id})
        assert sign_in(guest, idp).status_code == 422
        assert not guest.is_in
        with transaction(database) as tx:
            tx.execute(text("DELETE FROM account_roles"))


def test_a_provider_that_is_away_is_told_in_plain_words(guest: Browser) -> None:
    guest.get("/sign-in")
    answer = guest.send("/sign-in/with/away")
    assert answer.status_code == 503
    assert "does not answer us" in answer.text
    assert guest.send("/sign-in/with/nobody").status_code == 404


def test_a_no_there_is_a_no_here(guest: Browser, idp: Hostile) -> None:
    told = idp.authorise(set_out(guest)) | {"error": "access_denied"}
    answer = come_back(guest, told)
    assert answer.status_code == 422
    assert "You were not signed in there" in answer.text


@pytest.mark.asvs("10.1.1")
def test_no_token_reaches_the_browser(guest: Browser, idp: Hostile, redis: Redis) -> None:
    pages = [guest.get("/sign-in"), sign_in(guest, idp), guest.get("/account/security")]
    for page in pages:
        whole = page.text + str(page.headers)
        assert "an access token" not in whole
        assert "eyJ" not in whole.replace(guest.csrf, "")
