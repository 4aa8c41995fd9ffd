"""Refresh tokens: each works once, for its client, until its end; one that comes twice ends the family."""

import threading
from collections import Counter

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.portal.web.api.conftest import Shop
from tests.support import apps, people
from tests.support.apps import App


def test_a_refresh_token_brings_the_next(shop: Shop, app_of_either_kind: App) -> None:
    app = app_of_either_kind
    given = app.connect(people.customer(shop.engine))
    for _ in range(3):
        answer = app.refresh(given["refresh_token"])
        assert answer.status_code == 200
        assert answer.json["refresh_token"] != given["refresh_token"]
        given = answer.json
        assert app.call(given["access_token"]) == 200
    assert given["scope"] == apps.SCOPE


@pytest.mark.asvs("10.4.5")
def test_one_that_comes_twice_ends_the_whole_family(shop: Shop, app_of_either_kind: App) -> None:
    app = app_of_either_kind
    first = app.connect(people.customer(shop.engine))
    second = app.refresh(first["refresh_token"]).json
    third = app.refresh(second["refresh_token"]).json
    assert app.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    assert app.refresh(third["refresh_token"]).json["error"] == "invalid_grant"
    assert [app.call(given["access_token"]) for given in (first, second, third)] == [401, 401, 401]
    assert shop.sql("SELECT revoked_because FROM oauth_grants")[0][0] == "refresh token sent twice"


@pytest.mark.asvs("10.4.5")
def test_another_consent_of_the_same_person_is_another_family(shop: Shop, public: App) -> None:
    person = people.customer(shop.engine)
    phone, tablet = public.connect(person), public.connect(person)
    public.refresh(phone["refresh_token"])
    public.refresh(phone["refresh_token"])
    assert public.refresh(tablet["refresh_token"]).status_code == 200


@pytest.mark.asvs("10.4.5")
def test_thirty_at_the_same_time_with_one_token_mint_one(shop: Shop, public: App) -> None:
    token = public.connect(people.customer(shop.engine))["refresh_token"]
    answers: Counter[int] = Counter()
    start = threading.Barrier(30)

    def race() -> None:
        start.wait()
        answers[public.refresh(token).status_code] += 1

    threads = [threading.Thread(target=race) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {200: 1, 400: 29}
    assert shop.count("oauth_refresh_tokens") == 2


@pytest.mark.asvs("10.4.8")
def test_the_end_does_not_move_however_often_one_renews(shop: Shop, public: App) -> None:
    given = public.connect(people.customer(shop.engine))
    (before,) = shop.sql("SELECT expires_at, granted_at FROM oauth_grants")
    assert (before.expires_at - before.granted_at).days == 30
    given = public.refresh(given["refresh_token"]).json
    (after,) = shop.sql("SELECT expires_at FROM oauth_grants")
    assert after.expires_at == before.expires_at
    shop.sql("UPDATE oauth_grants SET expires_at = now()")
    assert public.refresh(given["refresh_token"]).json["error"] == "invalid_grant"


def test_a_refresh_token_is_for_its_own_client(shop: Shop, public: App, confidential: App) -> None:
    token = public.connect(people.customer(shop.engine))["refresh_token"]
    assert confidential.refresh(token).json["error"] == "invalid_grant"
    assert public.refresh(token).status_code == 200  # the stranger's try has not used it up


def test_narrower_is_fine_and_wider_is_not(shop: Shop, public: App) -> None:
    given = public.connect(people.customer(shop.engine), scope="points:read")
    assert public.refresh(given["refresh_token"], scope="bookings:read").json["error"] == "invalid_scope"
    narrow = public.connect(people.customer(shop.engine))
    answer = public.refresh(narrow["refresh_token"], scope="points:read").json
    assert answer["scope"] == "points:read"
    assert public.call(answer["access_token"], "/orders") == 403
    assert public.refresh(answer["refresh_token"]).json["scope"] == apps.SCOPE


def test_only_hashes_are_kept(shop: Shop, public: App) -> None:
    token = public.connect(people.customer(shop.engine))["refresh_token"]
    kept = str(shop.sql("SELECT encode(token_hash, 'escape') AS kept FROM oauth_refresh_tokens"))
    assert token not in kept
    assert len(shop.sql("SELECT 1 FROM oauth_refresh_tokens WHERE octet_length(token_hash) = 32")) == 1


@pytest.mark.asvs("9.2.2")
def test_a_refresh_token_opens_no_door_of_the_api_and_an_access_token_renews_nothing(shop: Shop, public: App) -> None:
    given = public.connect(people.customer(shop.engine))
    assert public.call(given["refresh_token"]) == 401
    assert public.refresh(given["access_token"]).json["error"] == "invalid_grant"


def test_a_partner_acts_for_its_own_account(shop: Shop) -> None:
    person = people.customer(shop.engine)
    partner = apps.register(shop.app, shop.engine, "a-partner", account_id=person.id)
    answer = partner.send("/oauth/token", grant_type="client_credentials", scope="points:read")
    assert answer.status_code == 200, answer.text
    assert set(answer.json) == {"access_token", "token_type", "expires_in", "scope"}
    keys = KeySet.import_key_set(shop.app.test_client().get("/.well-known/jwks.json").json)
    claims = jwt.decode(answer.json["access_token"], keys).claims
    assert (claims["sub"], claims["client_id"], claims["scope"]) == (str(person.id), "a-partner", "points:read")
    assert "auth_time" not in claims
    assert partner.call(answer.json["access_token"]) == 200
    assert partner.call(answer.json["access_token"], "/orders") == 403
    partner.send("/oauth/token", grant_type="client_credentials")
    assert shop.count("oauth_grants") == 1


def test_a_partner_gets_no_more_than_it_is_registered_for_and_nothing_without_its_secret(shop: Shop) -> None:
    person = people.customer(shop.engine)
    partner = apps.register(shop.app, shop.engine, "a-partner", account_id=person.id)
    wide = partner.send("/oauth/token", grant_type="client_credentials", scope="bookings:write")
    assert (wide.status_code, wide.json["error"]) == (400, "invalid_scope")
    for secret in (None, "wrong"):
        answer = App(shop.app, "a-partner", secret).send("/oauth/token", grant_type="client_credentials")
        assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    shop.sql("UPDATE accounts SET disabled_at = now()")
    assert partner.send("/oauth/token", grant_type="client_credentials").json["error"] == "unauthorized_client"


def test_an_app_that_is_no_partner_has_no_token_of_its_own(confidential: App, public: App) -> None:
    assert confidential.send("/oauth/token", grant_type="client_credentials").json["error"] == "unauthorized_client"
    assert public.send("/oauth/token", grant_type="client_credentials").json["error"] == "invalid_client"


def test_a_partner_of_staff_loses_the_scope_with_the_role(shop: Shop) -> None:
    person = people.staff(shop.engine, "refunds")
    partner = apps.register(shop.app, shop.engine, "a-desk", account_id=person.id, scope="staff:refunds")
    assert partner.send("/oauth/token", grant_type="client_credentials").status_code == 200
    shop.sql("DELETE FROM account_roles")
    assert partner.send("/oauth/token", grant_type="client_credentials").json["error"] == "invalid_scope"
