"""Taking back: by the app, by the person, by whoever closes the account; and asking whether a token is good."""

import pytest
from flask.testing import FlaskClient

from portal.domains import identity
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.portal.web.api.conftest import Shop
from tests.support import apps, people
from tests.support.apps import App


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_an_app_that_signs_out_revokes_both_tokens_with_either(shop: Shop, app_of_either_kind: App, which: str) -> None:
    app = app_of_either_kind
    given = app.connect(people.customer(shop.engine))
    answer = app.send("/oauth/revoke", token=given[which], token_type_hint=which)
    assert (answer.status_code, answer.json) == (200, {})
    assert app.refresh(given["refresh_token"]).json["error"] == "invalid_grant"
    assert app.call(given["access_token"]) == 401


@pytest.mark.asvs("10.4.10")
def test_nobody_revokes_the_tokens_of_another_client(shop: Shop, public: App, confidential: App) -> None:
    given = public.connect(people.customer(shop.engine))
    for token in given["refresh_token"], given["access_token"], "nonsense":
        # The same answer for all three: the asker learns nothing about tokens that are not its own.
        assert confidential.send("/oauth/revoke", token=token).status_code == 200
    assert public.refresh(given["refresh_token"]).status_code == 200


@pytest.mark.asvs("10.4.10")
@pytest.mark.parametrize("path", ["/oauth/revoke", "/oauth/introspect"])
def test_a_client_with_a_secret_shows_it_to_revoke_and_to_ask(shop: Shop, confidential: App, path: str) -> None:
    given = confidential.connect(people.customer(shop.engine))
    for secret in (None, "wrong"):
        answer = App(shop.app, confidential.id, secret).send(path, token=given["refresh_token"])
        assert (answer.status_code, answer.json["error"]) == (401, "invalid_client"), secret
    assert shop.app.test_client().post(path, data={"token": given["refresh_token"]}).status_code == 401
    assert confidential.call(given["access_token"]) == 200


@pytest.mark.asvs("10.4.10")
def test_a_public_client_cannot_ask_about_tokens(shop: Shop, public: App) -> None:
    given = public.connect(people.customer(shop.engine))
    answer = public.send("/oauth/introspect", token=given["access_token"])
    assert answer.json["error"] == "invalid_client"


def test_introspection_tells_what_a_token_is_good_for(shop: Shop, confidential: App) -> None:
    person = people.customer(shop.engine)
    given = confidential.connect(person)
    access = confidential.send("/oauth/introspect", token=given["access_token"]).json
    refresh = confidential.send("/oauth/introspect", token=given["refresh_token"]).json
    for told, kind in ((access, "Bearer"), (refresh, "refresh_token")):
        assert told["active"] is True
        assert (told["token_type"], told["scope"], told["client_id"]) == (kind, apps.SCOPE, confidential.id)
        assert (told["sub"], told["iss"]) == (str(person.id), "http://localhost")
        assert told["exp"] > told["iat"]


def test_introspection_says_no_more_than_no(shop: Shop, public: App, confidential: App) -> None:
    theirs = public.connect(people.customer(shop.engine))
    mine = confidential.connect(people.customer(shop.engine))
    used = mine["refresh_token"]
    renewed = confidential.refresh(used).json
    for token in ("nonsense", "a.b.c", theirs["access_token"], theirs["refresh_token"], used):
        assert confidential.send("/oauth/introspect", token=token).json == {"active": False}, token
    confidential.send("/oauth/revoke", token=renewed["refresh_token"])
    for token in renewed["access_token"], renewed["refresh_token"]:
        assert confidential.send("/oauth/introspect", token=token).json == {"active": False}


def test_a_partner_that_revokes_begins_anew(shop: Shop) -> None:
    partner = apps.register(shop.app, shop.engine, "a-partner", account_id=people.customer(shop.engine).id)
    first = partner.send("/oauth/token", grant_type="client_credentials").json["access_token"]
    partner.send("/oauth/revoke", token=first)
    assert partner.call(first) == 401
    assert partner.call(partner.send("/oauth/token", grant_type="client_credentials").json["access_token"]) == 200


@pytest.mark.asvs("7.4.2")
def test_closing_an_account_ends_its_tokens_at_the_next_request(shop: Shop, app_of_either_kind: App) -> None:
    app, person = app_of_either_kind, people.customer(shop.engine)
    given, other = app.connect(person), app.connect(people.customer(shop.engine))
    unused = app.code(person)
    with transaction(shop.engine) as tx:
        identity.close_account(tx, person.id, now=clock.now())
    assert app.call(given["access_token"]) == 401
    assert app.refresh(given["refresh_token"]).json["error"] == "invalid_grant"
    assert app.trade(unused).json["error"] == "invalid_grant"
    assert app.call(other["access_token"]) == 200
    with transaction(shop.engine) as tx:
        identity.reopen_account(tx, person.id)
    # Open again; but what was given before stays over.
    assert app.call(given["access_token"]) == 401
    assert app.refresh(given["refresh_token"]).json["error"] == "invalid_grant"


@pytest.mark.asvs("7.4.2")
def test_tokens_of_the_command_line_end_with_the_others(shop: Shop) -> None:
    caller = shop.caller("points:read")
    assert caller.get("/points").status_code == 200
    with transaction(shop.engine) as tx:
        identity.tokens.end_all_tokens(tx, caller.person.id, because="a test", now=clock.now())
    assert caller.get("/points").status_code == 401


def test_closing_an_app_ends_what_everybody_allowed_it(shop: Shop, public: App) -> None:
    given = public.connect(people.customer(shop.engine))
    with transaction(shop.engine) as tx:
        identity.tokens.close_client(tx, public.id, now=clock.now())
    assert public.call(given["access_token"]) == 401
    assert public.refresh(given["refresh_token"]).json["error"] == "invalid_client"


@pytest.fixture
def visitor(shop: Shop) -> FlaskClient:
    return shop.app.test_client()


@pytest.mark.asvs("10.4.9")
def test_a_person_sees_what_is_connected_and_ends_it(
    shop: Shop, public: App, confidential: App, visitor: FlaskClient
) -> None:
    person = people.customer(shop.engine)
    csrf = people.sign_in(visitor, person).csrf
    assert "No app is connected" in visitor.get("/account/apps").text
    given, more = public.connect(person, scope="points:read"), public.connect(person)
    page = visitor.get("/account/apps").text
    assert page.count("An App</h2>") == 1
    assert "See your points." in page
    assert "See your orders and refunds." in page
    answer = visitor.post(f"/account/apps/{public.id}/disconnection", data={"csrf_token": csrf})
    assert answer.status_code == 303
    assert "No app is connected" in visitor.get("/account/apps").text
    for tokens in given, more:
        assert public.call(tokens["access_token"]) == 401
        assert public.refresh(tokens["refresh_token"]).status_code == 400
    (entry,) = shop.sql("SELECT * FROM audit_entries WHERE action = 'app.disconnected'")
    assert (entry.actor_id, entry.details["client"]) == (person.id, public.id)


def test_nobody_disconnects_the_apps_of_somebody_else(shop: Shop, public: App, visitor: FlaskClient) -> None:
    given = public.connect(people.customer(shop.engine))
    csrf = people.sign_in(visitor, people.customer(shop.engine)).csrf
    assert "An App" not in visitor.get("/account/apps").text
    answer = visitor.post(f"/account/apps/{public.id}/disconnection", data={"csrf_token": csrf})
    assert answer.status_code == 404
    assert public.call(given["access_token"]) == 200
