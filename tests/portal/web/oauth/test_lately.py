"""An app gets something only from somebody who showed just now who they are, and its tokens say when and how."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet

from portal.domains.identity import Person
from portal.kernel import clock
from tests.portal.web.api.conftest import Shop
from tests.support import apps, people
from tests.support.apps import App, said


@pytest.fixture
def kim(shop: Shop) -> Person:
    return people.customer(shop.engine, "kim@example.com")


@pytest.fixture
def browser(shop: Shop) -> FlaskClient:
    return shop.app.test_client()


def is_sent_to_confirm(answer: Any) -> bool:
    if answer.status_code != 303 or not answer.location.startswith("/confirm?"):
        return False
    (back,) = parse_qs(urlsplit(answer.location).query)["next"]
    return back.startswith("/oauth/authorize?")


def confirm(browser: FlaskClient, address: str, csrf: str) -> Any:
    """Types the password where one was sent to; where that leads."""
    browser.get(address)
    return browser.post(address, data={"csrf_token": csrf, "password": people.PASSWORD})


def csrf_of(page: Any) -> str:
    return str(page.text.partition('name="csrf_token" value="')[2].partition('"')[0])


def claims(shop: Shop, token: str) -> dict[str, Any]:
    keys = KeySet.import_key_set(shop.app.test_client().get("/.well-known/jwks.json").json)
    return dict(jwt.decode(token, keys).claims)


@pytest.mark.asvs("7.5.3")
def test_whoever_signed_in_long_ago_shows_again_who_they_are(
    shop: Shop, kim: Person, public: App, browser: FlaskClient
) -> None:
    csrf = people.sign_in(browser, kim, fresh=False).csrf
    assert is_sent_to_confirm(public.answered(browser, csrf))
    asked = public.look(browser)
    assert is_sent_to_confirm(asked)
    assert shop.count("oauth_codes") == 0
    back = confirm(browser, asked.location, csrf)
    assert back.location == f"/oauth/authorize?{urlencode(public.request())}"
    page = browser.get(back.location)
    assert page.status_code == 200
    answer = browser.post(back.location, data={"csrf_token": csrf_of(page), "answer": "allow"})
    given = public.trade(said(answer)["code"]).json
    told = claims(shop, given["access_token"])
    assert abs(told["auth_time"] - clock.now().timestamp()) < 60
    assert (told["acr"], told["amr"]) == ("1", ["pwd"])


def test_saying_no_asks_for_nothing(kim: Person, public: App, browser: FlaskClient) -> None:
    csrf = people.sign_in(browser, kim, fresh=False).csrf
    assert said(public.answered(browser, csrf, "decline"))["error"] == "access_denied"


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "0"}, {"prompt": "login consent"}], ids=str)
def test_an_app_may_ask_for_a_newer_sign_in_and_once_is_enough(
    kim: Person, public: App, browser: FlaskClient, asked: dict[str, str]
) -> None:
    csrf = people.sign_in(browser, kim).csrf
    assert public.look(browser).status_code == 200
    sent = public.look(browser, **asked)
    assert is_sent_to_confirm(sent)
    assert is_sent_to_confirm(public.answered(browser, csrf, **asked))
    back = confirm(browser, sent.location, csrf)
    page = browser.get(back.location)
    assert page.status_code == 200
    assert is_sent_to_confirm(public.look(browser, **asked, state="of another request"))
    answer = browser.post(back.location, data={"csrf_token": csrf_of(page), "answer": "allow"})
    assert "code" in said(answer)
    assert is_sent_to_confirm(public.look(browser, **asked))


def test_a_guest_who_signs_in_for_the_page_is_not_asked_twice(kim: Person, public: App, browser: FlaskClient) -> None:
    sent = public.look(browser, prompt="login")
    page = browser.get(sent.location)
    typed = {"csrf_token": csrf_of(page), "email": kim.email, "password": people.PASSWORD}
    back = browser.post(sent.location, data=typed)
    assert back.location.startswith("/oauth/authorize?")
    assert browser.get(back.location).status_code == 200


def test_seconds_that_are_enough_are_enough(kim: Person, public: App, browser: FlaskClient) -> None:
    people.sign_in(browser, kim)
    assert public.look(browser, max_age="200").status_code == 200
    assert public.look(browser, max_age="99999").status_code == 200
    people.sign_in(browser, kim, fresh=False)
    assert is_sent_to_confirm(public.look(browser, max_age="99999"))


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "1.5"}, "invalid_request"),
        ({"max_age": ""}, "invalid_request"),
        ({"prompt": "sing"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "none"}, "consent_required"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_told_to_the_app(
    kim: Person, public: App, browser: FlaskClient, asked: dict[str, str], error: str
) -> None:
    people.sign_in(browser, kim)
    told = said(public.look(browser, **asked))
    assert (told["error"], told["state"]) == (error, "the state of the app")


def test_the_next_tokens_say_the_same_time(shop: Shop, kim: Person, public: App) -> None:
    first = public.connect(kim)
    shop.sql("UPDATE oauth_grants SET auth_time = auth_time - interval '1 hour', shown = '{pwd,totp}'")
    second = public.refresh(first["refresh_token"]).json
    before, after = claims(shop, first["access_token"]), claims(shop, second["access_token"])
    assert after["auth_time"] == before["auth_time"] - 3600
    assert (after["acr"], after["amr"]) == ("2", ["pwd", "otp", "mfa"])


@pytest.mark.asvs("7.5.3")
def test_an_app_that_is_sent_back_for_a_newer_sign_in_gets_on_with_it(shop: Shop, public: App) -> None:
    """RFC 9470 from end to end: the refusal, the request with its max_age, the second try."""
    app = apps.register(shop.app, shop.engine, "a-desk", scope="staff:refunds")
    person = people.staff(shop.engine, "refunds")
    call = "/api/v1/staff/refunds/01900000-0000-7000-8000-000000000000/approval"

    def approve(token: str) -> Any:
        return shop.app.test_client().post(call, headers={"Authorization": f"Bearer {token}"})

    first = app.connect(person, scope="staff:refunds")
    assert approve(first["access_token"]).status_code == 404
    shop.sql("UPDATE oauth_grants SET auth_time = auth_time - interval '301 seconds'")
    stale = app.refresh(first["refresh_token"]).json["access_token"]
    refused = approve(stale)
    assert refused.status_code == 401
    age = refused.headers["WWW-Authenticate"].partition('max_age="')[2].partition('"')[0]
    again = app.connect(person, scope="staff:refunds", max_age=age)
    assert approve(again["access_token"]).status_code == 404
