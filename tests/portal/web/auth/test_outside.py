"""Signing in with an outside provider, linking it, and being signed out by it."""

import html
import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import Engine, select, text
from werkzeug.test import TestResponse

from portal import create_app
from portal.config import Settings
from portal.domains import identity
from portal.domains.identity import federation
from portal.domains.identity.federation.models import ExternalIdentity
from portal.domains.identity.models import Account
from portal.kernel.db import transaction
from portal.outside import OutsideProvider
from tests.portal.web.auth.conftest import Browser
from tests.support import hostile, people
from tests.support.hostile import CLIENT, SECRET, Hostile

KIM = "kim@example.com"
FACTS = {"client_id": CLIENT, "client_secret": SECRET}


@pytest.fixture(scope="module")
def server() -> Iterator[Hostile]:
    with hostile.running() as provider:
        yield provider


@pytest.fixture(scope="module")
def evil_server() -> Iterator[Hostile]:
    with hostile.running() as provider:
        yield provider


@pytest.fixture
def idp(server: Hostile) -> Hostile:
    key = server.key
    server.__init__(server.url)  # type: ignore[misc]  # as new, but for the keys that our side has read
    server.key, server.published = key, [key]
    return server


@pytest.fixture(scope="module")
def app(settings: Settings, server: Hostile, evil_server: Hostile) -> Flask:
    outside = (
        OutsideProvider.model_validate(
            FACTS | {"name": "acme", "issuer": server.url, "label": "Acme", "second_factor_amr": "otp"}
        ),
        OutsideProvider.model_validate(FACTS | {"name": "evil", "issuer": evil_server.url, "id_token_hint": True}),
        OutsideProvider.model_validate(FACTS | {"name": "away", "issuer": "http://127.0.0.1:9"}),
    )
    app = create_app(settings.model_copy(update={"outside": outside}))
    app.testing = True
    return app


def on_the_way(answer: TestResponse) -> str:
    """The address a page of ours sends on to."""
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)
    assert found
    return html.unescape(found[1])


def set_out(browser: Browser, name: str = "acme", wanted: str = "") -> str:
    browser.get("/sign-in")
    return on_the_way(browser.send(f"/sign-in/with/{name}{'?next=' + wanted if wanted else ''}"))


def come_back(browser: Browser, told: dict[str, str], name: str = "acme") -> TestResponse:
    return browser.client.get(f"/sign-in/with/{name}/back", query_string=told)


def sign_in(browser: Browser, idp: Hostile, wanted: str = "") -> TestResponse:
    return come_back(browser, idp.authorise(set_out(browser, wanted=wanted)))


def linking(browser: Browser, name: str = "acme") -> str:
    browser.get("/account/security")
    return on_the_way(browser.send(f"/account/security/sign-ins/{name}"))


def link(browser: Browser, idp: Hostile) -> TestResponse:
    return come_back(browser, idp.authorise(linking(browser)))


def with_password(app: Flask) -> Browser:
    browser = Browser(app.test_client())
    browser.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
    assert browser.is_in
    return browser


@pytest.fixture
def kim(database: Engine) -> people.Person:
    return people.customer(database, KIM)


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
        idp.claims = lambda claims, amr=amr: claims.update(amr=amr)  # type: ignore[misc]
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


def signed_in_a_while_ago(guest: Browser, idp: Hostile, app: Flask, database: Engine) -> Browser:
    """Somebody with an account without a password, who has shown nothing lately."""
    sign_in(guest, idp)
    with transaction(database) as tx:
        person = identity.find_person(tx, tx.scalars(select(Account.id)).one())
    assert person
    browser = Browser(app.test_client())
    people.sign_in(browser.client, person, fresh=False)
    return browser


@pytest.mark.asvs("7.5.1", "6.8.4")
def test_an_account_without_a_password_confirms_where_it_signs_in(
    guest: Browser, idp: Hostile, app: Flask, database: Engine
) -> None:
    browser = signed_in_a_while_ago(guest, idp, app, database)
    browser.get("/account/security")
    assert "/confirm" in browser.send("/account/security/sign-ins/evil").location

    page = browser.get("/confirm?purpose=account&next=/account/security").text
    assert "Confirm with Acme" in page
    assert 'type="password"' not in page
    way = on_the_way(browser.send("/confirm/with/acme?purpose=account&next=/account/security"))
    assert "max_age=0" in way

    idp.subject = "somebody-else"
    refused = come_back(browser, idp.authorise(way))
    assert refused.status_code == 422
    assert "/confirm" in browser.send("/account/security/sign-ins/evil").location, "nothing was confirmed"

    idp.subject = "person-1"
    browser.get("/confirm?purpose=account&next=/account/security")
    way = on_the_way(browser.send("/confirm/with/acme?purpose=account&next=/account/security"))
    assert come_back(browser, idp.authorise(way)).location == "/account/security"
    browser.get("/account/security")
    assert browser.send("/account/security/sign-ins/evil").status_code == 200, "on its way to the other provider"


def test_the_way_back_of_a_confirmation_opens_nothing_in_a_strangers_browser(
    guest: Browser, idp: Hostile, app: Flask, database: Engine
) -> None:
    browser = signed_in_a_while_ago(guest, idp, app, database)
    browser.get("/confirm?purpose=account")
    told = idp.authorise(on_the_way(browser.send("/confirm/with/acme?purpose=account")))
    stranger = Browser(app.test_client())
    stranger.get("/sign-in")
    assert come_back(stranger, told).status_code == 422
    assert not stranger.is_in
