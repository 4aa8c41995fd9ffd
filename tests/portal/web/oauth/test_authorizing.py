"""The consent page: who may ask, what people read, and where the answer goes."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.domains.identity import tokens
from portal.kernel.db import transaction
from tests.portal.web.api.conftest import Shop
from tests.support import apps, people
from tests.support.apps import App, said


@pytest.fixture
def visitor(shop: Shop, public: App) -> FlaskClient:
    return shop.app.test_client()


def test_people_read_who_asks_for_what_and_until_when(shop: Shop, public: App, visitor: FlaskClient) -> None:
    person = people.customer(shop.engine, "kim@example.com")
    people.sign_in(visitor, person)
    page = public.look(visitor)
    assert page.status_code == 200
    for words in ("Allow An App?", "kim@example.com", "See your orders and refunds.", "See your points.", "30 days"):
        assert words in page.text, words
    assert "Hold times" not in page.text
    assert page.text.count("app.example") >= 1
    assert "form-action 'self' https://app.example;" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


def test_a_guest_signs_in_first_and_comes_back_to_the_same_request(public: App, visitor: FlaskClient) -> None:
    answer = public.look(visitor)
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=/oauth/authorize")
    assert "code_challenge%3D" in answer.location


def test_allowing_leads_back_with_a_code_the_state_and_our_name(shop: Shop, public: App, visitor: FlaskClient) -> None:
    csrf = people.sign_in(visitor, people.customer(shop.engine)).csrf
    answer = public.answered(visitor, csrf)
    told = said(answer)
    assert answer.location.startswith("https://app.example/done?")
    assert set(told) == {"code", "state", "iss"}
    assert (told["state"], told["iss"]) == ("the state of the app", "http://localhost")


def test_declining_gives_nothing_away(shop: Shop, public: App, visitor: FlaskClient) -> None:
    csrf = people.sign_in(visitor, people.customer(shop.engine)).csrf
    for answer in ("decline", "", "ALLOW"):
        told = said(public.answered(visitor, csrf, answer))
        assert told["error"] == "access_denied"
        assert "code" not in told
    assert shop.count("oauth_codes") == 0


def test_without_the_token_of_the_page_nothing_is_allowed(shop: Shop, public: App, visitor: FlaskClient) -> None:
    people.sign_in(visitor, people.customer(shop.engine))
    assert public.answered(visitor, "forged").status_code == 400
    assert shop.count("oauth_codes") == 0


@pytest.mark.asvs("10.4.1")
@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/done/",
        "https://app.example/done?x=1",
        "https://app.example/don",
        "https://app.example:444/done",
        "https://app.example.evil.example/done",
        "https://evil.example/done",
        "https://APP.example/done",
        "https://app.example/../done",
        "https://app.example@evil.example/done",
        "http://app.example/done",
        "https://app.example/done#here",
        "https://app.example/\\done",
        "javascript:alert(1)",
        "",
        None,
    ],
)
def test_nobody_is_sent_to_an_address_that_was_not_registered(
    shop: Shop, public: App, visitor: FlaskClient, uri: str | None
) -> None:
    csrf = people.sign_in(visitor, people.customer(shop.engine)).csrf
    for answer in (public.look(visitor, redirect_uri=uri), public.answered(visitor, csrf, redirect_uri=uri)):
        assert answer.status_code == 400
        assert "Location" not in answer.headers
    assert shop.count("oauth_codes") == 0


@pytest.mark.asvs("10.4.1")
def test_on_this_machine_the_port_is_free_and_nothing_else(shop: Shop, visitor: FlaskClient) -> None:
    app = apps.register(shop.app, shop.engine, "a-tool", back="http://127.0.0.1/done")
    people.sign_in(visitor, people.customer(shop.engine))
    assert app.look(visitor, redirect_uri="http://127.0.0.1:53682/done").status_code == 200
    for other in ("http://127.0.0.1:53682/", "http://localhost:1/done", "http://127.0.0.2/done", "http://[::1]/done"):
        assert app.look(visitor, redirect_uri=other).status_code == 400, other
    page = app.look(visitor, redirect_uri="http://127.0.0.1:53682/done")
    assert "form-action 'self' http://127.0.0.1:53682;" in page.headers["Content-Security-Policy"]


WITHOUT: list[dict[str, Any]] = [
    {"code_challenge": None},
    {"code_challenge": None, "code_challenge_method": None},
    {"code_challenge_method": None},
    {"code_challenge_method": "plain"},
    {"code_challenge_method": "s256"},
    {"code_challenge": "short"},
    {"code_challenge": "x" * 44},
    {"code_challenge": ""},
]


@pytest.mark.asvs("10.4.6")
@pytest.mark.parametrize("changed", WITHOUT, ids=str)
def test_every_client_needs_pkce_with_s256(
    shop: Shop, app_of_either_kind: App, visitor: FlaskClient, changed: dict[str, Any]
) -> None:
    csrf = people.sign_in(visitor, people.customer(shop.engine)).csrf
    assert said(app_of_either_kind.look(visitor, **changed))["error"] == "invalid_request"
    told = said(app_of_either_kind.answered(visitor, csrf, **changed))
    assert (told["error"], told["state"]) == ("invalid_request", "the state of the app")
    assert shop.count("oauth_codes") == 0


@pytest.mark.asvs("10.4.4")
@pytest.mark.parametrize("kind", ["token", "id_token", "code token", "code id_token", "none", "", None])
def test_there_is_no_other_flow_than_the_code(shop: Shop, public: App, visitor: FlaskClient, kind: str | None) -> None:
    people.sign_in(visitor, people.customer(shop.engine))
    assert said(public.look(visitor, response_type=kind))["error"] == "unsupported_response_type"


@pytest.mark.asvs("10.4.4")
@pytest.mark.parametrize("kind", ['x"', "코드"])
def test_what_cannot_name_a_flow_is_not_sent_back(shop: Shop, public: App, visitor: FlaskClient, kind: str) -> None:
    people.sign_in(visitor, people.customer(shop.engine))
    assert public.look(visitor, response_type=kind).status_code == 400


@pytest.mark.parametrize("scope", ["points:write", "everything", "bookings:read everything", "staff:refunds"])
def test_an_app_may_not_ask_for_more_than_it_was_registered_for(
    shop: Shop, public: App, visitor: FlaskClient, scope: str
) -> None:
    people.sign_in(visitor, people.customer(shop.engine))
    assert said(public.look(visitor, scope=scope))["error"] == "invalid_scope"


def test_what_a_person_may_not_do_they_cannot_allow(shop: Shop, public: App, visitor: FlaskClient) -> None:
    app = apps.register(shop.app, shop.engine, "a-desk", scope="staff:refunds points:read")
    people.sign_in(visitor, people.customer(shop.engine))
    assert said(app.look(visitor, scope="staff:refunds"))["error"] == "invalid_scope"


@pytest.mark.asvs("6.3.3")
def test_rights_of_staff_take_the_second_factor_in_this_session(shop: Shop, public: App, visitor: FlaskClient) -> None:
    app = apps.register(shop.app, shop.engine, "a-desk", scope="staff:refunds points:read")
    person = people.staff(shop.engine, "refunds")
    csrf = people.sign_in(visitor, person, proven=False).csrf
    assert app.look(visitor, scope="staff:refunds").status_code == 403
    assert app.answered(visitor, csrf, scope="staff:refunds").status_code == 403
    people.sign_in(visitor, person)
    assert app.look(visitor, scope="staff:refunds").status_code == 200


def test_an_unknown_or_closed_app_gets_no_page(shop: Shop, public: App, visitor: FlaskClient) -> None:
    people.sign_in(visitor, people.customer(shop.engine))
    for client_id in ("nobody", "", None, "A-PHONE-APP", "' OR 1=1", "x" * 3000):
        assert public.look(visitor, client_id=client_id).status_code == 400
    shop.sql("UPDATE oauth_clients SET closed_at = now()")
    assert public.look(visitor).status_code == 400


def test_a_parameter_that_comes_twice_is_refused(shop: Shop, public: App, visitor: FlaskClient) -> None:
    people.sign_in(visitor, people.customer(shop.engine))
    query = "&".join(f"{name}={value}" for name, value in public.request(state="x").items())
    for name in ("redirect_uri=https://evil.example", "code_challenge=x", "scope=points:read", "client_id=a"):
        assert visitor.get(f"/oauth/authorize?{query}&{name}").status_code == 400, name


@pytest.mark.asvs("10.1.1")
def test_no_token_ever_reaches_the_browser(shop: Shop, confidential: App, visitor: FlaskClient) -> None:
    person = people.customer(shop.engine)
    csrf = people.sign_in(visitor, person).csrf
    seen = [confidential.look(visitor), confidential.answered(visitor, csrf)]
    given = confidential.trade(said(seen[1])["code"]).json
    seen += [visitor.get(path) for path in ("/account/apps", "/account/security", "/points", "/bookings")]
    for answer in seen:
        everything = answer.text + str(answer.headers)
        assert not re.search(r"eyJ|jari_rt_|jari_cs_", everything), answer.request.path
        assert given["access_token"] not in everything
    assert "eyJ" not in str([cookie.value for cookie in visitor._cookies.values()])


def test_the_page_speaks_korean(shop: Shop, public: App, visitor: FlaskClient) -> None:
    people.sign_in(visitor, people.customer(shop.engine))
    visitor.set_cookie("lang", "ko")
    page = public.look(visitor)
    assert 'lang="ko"' in page.text
    assert "An App 앱에 허용할까요?" in page.text


def test_a_code_names_what_was_asked_and_is_kept_only_as_a_hash(shop: Shop, public: App) -> None:
    code = public.code(people.customer(shop.engine))
    (row,) = shop.sql("SELECT * FROM oauth_codes")
    assert code.encode() not in bytes(row.code_hash)
    assert (row.client_id, row.scope, row.redirect_uri) == ("a-phone-app", apps.SCOPE, apps.BACK)
    assert (row.expires_at - row.issued_at).total_seconds() == 60
    with transaction(shop.engine) as tx:
        assert tokens.take_code(tx, "another", client_id="a-phone-app", now=row.issued_at) is None
