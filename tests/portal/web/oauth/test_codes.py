"""Codes: traded once, within a minute, by the client, for the address and with the verifier they were made for."""

import threading

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.portal.web.api.conftest import Shop
from tests.support import apps, people
from tests.support.apps import App


def test_a_code_brings_tokens_that_open_what_was_allowed(shop: Shop, app_of_either_kind: App) -> None:
    person = people.customer(shop.engine)
    given = app_of_either_kind.connect(person)
    assert set(given) == {"access_token", "token_type", "expires_in", "scope", "refresh_token"}
    assert (given["token_type"], given["expires_in"], given["scope"]) == ("Bearer", 900, apps.SCOPE)
    assert app_of_either_kind.call(given["access_token"]) == 200
    keys = KeySet.import_key_set(shop.app.test_client().get("/.well-known/jwks.json").json)
    claims = jwt.decode(given["access_token"], keys).claims
    assert (claims["sub"], claims["client_id"]) == (str(person.id), app_of_either_kind.id)
    assert "auth_time" in claims


def test_the_answer_is_kept_by_nobody(shop: Shop, public: App) -> None:
    answer = public.trade(public.code(people.customer(shop.engine)))
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.asvs("10.4.2")
def test_a_code_sent_twice_is_refused_and_its_tokens_are_over(shop: Shop, app_of_either_kind: App) -> None:
    app = app_of_either_kind
    code = app.code(people.customer(shop.engine))
    given = app.trade(code).json
    assert app.call(given["access_token"]) == 200
    again = app.trade(code)
    assert (again.status_code, again.json["error"]) == (400, "invalid_grant")
    assert app.call(given["access_token"]) == 401
    assert app.refresh(given["refresh_token"]).json["error"] == "invalid_grant"
    assert shop.sql("SELECT revoked_because FROM oauth_grants")[0][0] == "code sent twice"


@pytest.mark.asvs("10.4.2")
def test_thirty_at_the_same_time_with_one_code_get_one_answer(shop: Shop, public: App) -> None:
    code = public.code(people.customer(shop.engine))
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(public.trade(code).status_code)) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [400] * 29
    assert shop.count("oauth_grants") == 1


@pytest.mark.asvs("10.4.3")
def test_a_code_is_dead_after_a_minute(shop: Shop, public: App) -> None:
    person = people.customer(shop.engine)
    for seconds, status in ((55, 200), (61, 400)):
        code = public.code(person)
        earlier = "expires_at = expires_at - make_interval(secs => :s)"
        shop.sql(f"UPDATE oauth_codes SET {earlier} WHERE grant_id IS NULL", s=seconds)
        assert public.trade(code).status_code == status, seconds


def test_a_code_is_for_its_own_client_address_and_verifier(shop: Shop, public: App, confidential: App) -> None:
    person = people.customer(shop.engine)
    code = public.code(person)
    assert confidential.trade(code, code_verifier=public.verifier).json["error"] == "invalid_grant"
    assert public.trade(code, redirect_uri="https://app.example/other").json["error"] == "invalid_grant"
    assert public.trade(code, redirect_uri=None).json["error"] == "invalid_grant"
    assert public.trade(code, code_verifier="y" * 43).json["error"] == "invalid_grant"
    assert public.trade(code).status_code == 200


@pytest.mark.asvs("10.4.6")
@pytest.mark.parametrize("verifier", [None, "", "short", "é" * 43])
def test_without_its_verifier_a_code_is_worth_nothing(
    shop: Shop, app_of_either_kind: App, verifier: str | None
) -> None:
    code = app_of_either_kind.code(people.customer(shop.engine))
    assert app_of_either_kind.trade(code, code_verifier=verifier).status_code == 400
    # Nor is the challenge itself one, as it would be with `plain`.
    assert (
        app_of_either_kind.trade(code, code_verifier=app_of_either_kind.request()["code_challenge"]).status_code == 400
    )


@pytest.mark.asvs("10.4.10")
def test_a_client_with_a_secret_has_to_show_it(shop: Shop, confidential: App) -> None:
    code = confidential.code(people.customer(shop.engine))
    for secret in (None, "", "jari_cs_wrong"):
        thief = App(shop.app, confidential.id, secret, verifier=confidential.verifier)
        answer = thief.trade(code)
        assert (answer.status_code, answer.json["error"]) == (401, "invalid_client"), secret
    assert confidential.trade(code, basic="").status_code == 200  # in the body instead of the header


@pytest.mark.asvs("10.4.4")
@pytest.mark.parametrize(
    "kind", ["password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer", "", None, "비밀"]
)
def test_there_are_no_other_ways_to_a_token(public: App, kind: str | None) -> None:
    answer = public.send("/oauth/token", grant_type=kind, username="kim@example.com", password=people.PASSWORD)
    assert answer.status_code == 400
    assert answer.json["error"] in {"unsupported_grant_type", "invalid_request"}


def test_nothing_is_read_from_the_address(shop: Shop, public: App) -> None:
    code = public.code(people.customer(shop.engine))
    client = shop.app.test_client()
    query = {"grant_type": "authorization_code", "code": code, "client_id": public.id, "redirect_uri": public.back}
    sent = client.post("/oauth/token", query_string=query | {"code_verifier": public.verifier})
    assert sent.json["error"] == "invalid_request"
    assert client.get("/oauth/token", query_string=query).status_code == 405


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
def test_nonsense_is_answered_politely(shop: Shop, public: App, path: str) -> None:
    client = shop.app.test_client()
    for fields in ({}, {"client_id": "é"}, {"grant_type": '"\\'}, {"token": "x" * 9000}, {"client_id": ["a", "b"]}):
        answer = client.post(path, data=fields)
        assert 400 <= answer.status_code < 500, fields
        assert "error" in answer.json, fields
    for header in ("Basic", "Basic !!!", "Basic " + "w7zDvDrDvA==", "Basic /////w==", "Basic YQBiOmM=", "Bearer x"):
        answer = client.post(path, data={"grant_type": "client_credentials"}, headers={"Authorization": header})
        assert 400 <= answer.status_code < 500, header


def test_a_pace_too_fast_is_told_in_json(shop: Shop, public: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop.app.extensions["settings"], "token_requests_per_address", "1 per minute")
    public.send("/oauth/token")
    answer = public.send("/oauth/token")
    assert (answer.status_code, answer.json["error"]) == (429, "temporarily_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
