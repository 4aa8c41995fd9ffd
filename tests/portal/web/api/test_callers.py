"""Who may call: forged, foreign and stale tokens, scopes, and what the role allows at this moment."""

import sys
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from portal.domains import audit, identity
from portal.domains.identity import tokens
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.web.api.calls import CALLS, Call
from tests.portal.web.api.conftest import EVERYTHING, Caller, Shop
from tests.support import people
from tests.support.forgery import EVIL, FORGED, THEIRS, signed, with_header


@pytest.fixture
def parts(shop: Shop) -> tuple[dict[str, Any], dict[str, Any], ECKey]:
    """Header, claims and key of a token that is good."""
    caller = shop.caller("points:read")
    with transaction(shop.engine) as tx:
        key = tokens.signing_key(tx, identity.Vault(people.SECRET_KEY), now=clock.now())
    read = jwt.decode(caller.token, key)
    return dict(read.header), dict(read.claims), key


@pytest.mark.asvs("10.3.1")
@pytest.mark.parametrize(
    "group", [pytest.param(group, marks=pytest.mark.asvs(group.split()[0]), id=group) for group in FORGED]
)
def test_a_token_that_is_not_ours_opens_nothing(
    shop: Shop, parts: tuple[dict[str, Any], dict[str, Any], ECKey], group: str
) -> None:
    """Shown as a table by: pytest -s -n 0 -k not_ours."""
    client = shop.app.test_client()
    for name, forge in FORGED[group].items():
        answer = client.get("/api/v1/points", headers={"Authorization": f"Bearer {forge(*parts)}"})
        sys.stdout.write(f"\n{group:<28}{name:<30}{answer.status_code} {answer.json['code']}")
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), name
        assert answer.json["code"] in {"invalid-token", "token-missing"}, name
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="jari"'), name


@pytest.mark.asvs("9.1.3")
def test_the_token_those_are_made_from_is_good(shop: Shop, parts: tuple[dict[str, Any], dict[str, Any], ECKey]) -> None:
    pointed = (with_header(**{name: EVIL})(*parts) for name in ("jku", "x5u"))
    for good in (signed(*parts), *pointed, with_header(jwk=THEIRS)(*parts)):
        sent = {"Authorization": f"Bearer {good}"}
        assert shop.app.test_client().get("/api/v1/points", headers=sent).status_code == 200


def test_without_a_bearer_token_one_is_asked_for(shop: Shop) -> None:
    for sent in (None, "", "Bearer", "Basic a2ltOnBhc3N3b3Jk", "Token abc", "Bearer  "):
        headers = {} if sent is None else {"Authorization": sent}
        answer = shop.app.test_client().get("/api/v1/points", headers=headers)
        assert answer.status_code == 401, sent
        assert 'scope="points:read"' in answer.headers["WWW-Authenticate"], sent


def test_a_session_of_the_pages_is_no_token(shop: Shop) -> None:
    client = shop.app.test_client()
    people.sign_in(client, people.customer(shop.engine))
    assert client.get("/api/v1/points").status_code == 401


def address(call: Call) -> str:
    some_id = "01900000-0000-7000-8000-000000000000"
    filled = {"<uuid:hold_id>": some_id, "<uuid:refund_id>": some_id, "<number>": "J-0000-0000", "<slug>": "tea"}
    filled |= {"<move_number>": "J-0000-0000-M1", "<uuid:entry_id>": some_id}
    rule = call.rule
    for gap, value in filled.items():
        rule = rule.replace(gap, value)
    assert "<" not in rule
    return rule


@pytest.mark.asvs("10.3.2")
def test_each_call_needs_its_own_scope_and_no_other(shop: Shop) -> None:
    person = people.staff(shop.engine, "refunds")
    for call in CALLS:
        if not call.scope:
            continue
        others = " ".join(scope for scope in tokens.SCOPES if scope != call.scope)
        narrow, fitting = shop.caller(others, person=person), shop.caller(call.scope, person=person)
        refused = narrow.send(call.method, address(call))
        assert (refused.status_code, refused.json["code"]) == (403, "insufficient-scope"), call
        assert f'error="insufficient_scope", scope="{call.scope}"' in refused.headers["WWW-Authenticate"], call
        assert fitting.send(call.method, address(call)).status_code not in {401, 403}, call


def test_calls_that_write_or_show_what_is_somebodys_are_guarded() -> None:
    assert {call.rule for call in CALLS if not call.scope} == {
        "/products",
        "/products/<slug>",
        "/products/<slug>/slots",
    }
    assert all(call.method == "GET" for call in CALLS if not call.scope)


@pytest.mark.asvs("7.4.2")
def test_a_closed_account_is_refused_at_its_next_call(shop: Shop, customer: Caller) -> None:
    assert customer.get("/points").status_code == 200
    shop.sql("UPDATE accounts SET disabled_at = now() WHERE id = :id", id=customer.person.id)
    assert customer.get("/points").status_code == 401


@pytest.mark.asvs("8.2.1", "16.3.2")
def test_a_scope_does_not_stand_for_a_role(shop: Shop) -> None:
    for roles in ((), ("catalog",), ("bookings",), ("finance",)):
        person = people.staff(shop.engine, *roles) if roles else people.customer(shop.engine)
        caller = shop.caller("staff:refunds", person=person)
        answer = caller.post("/staff/refunds/01900000-0000-7000-8000-000000000000/approval")
        assert (answer.status_code, answer.json["code"]) == (403, "forbidden"), roles
        with transaction(shop.engine) as tx:
            assert [entry.action for entry in audit.entries_about(tx, "account", person.id)] == ["access.denied"]


@pytest.mark.asvs("7.5.3")
@pytest.mark.parametrize("ago", [301, 900, None, -60], ids=str)
def test_money_goes_back_only_for_somebody_who_signed_in_just_now(shop: Shop, ago: int | None) -> None:
    person = people.staff(shop.engine, "refunds")
    refund = "/staff/refunds/01900000-0000-7000-8000-000000000000"
    stale = shop.caller("staff:refunds", person=person, ago=ago)
    answer = stale.post(f"{refund}/approval")
    assert (answer.status_code, answer.json["code"]) == (401, "insufficient-user-authentication")
    said = answer.headers["WWW-Authenticate"]
    assert said.startswith('Bearer realm="jari", error="insufficient_user_authentication"')
    assert 'max_age="300"' in said
    assert stale.post(f"{refund}/rejection", {"reason": "No."}).status_code == 404  # that can be asked for again
    fresh = shop.caller("staff:refunds", person=person, ago=290)
    assert fresh.post(f"{refund}/approval").status_code == 404


@pytest.mark.asvs("8.3.2")
@pytest.mark.parametrize("role", ["refunds", "admin"])
def test_a_role_that_is_taken_away_ends_what_the_token_still_says(shop: Shop, role: str) -> None:
    person = people.staff(shop.engine, role)
    caller, path = shop.caller("staff:refunds", person=person), "/staff/refunds/01900000-0000-7000-8000-000000000000"
    assert caller.post(f"{path}/approval").status_code == 404
    with transaction(shop.engine) as tx:
        identity.revoke_role(tx, person.id, role)
    assert caller.post(f"{path}/approval").status_code == 403


@pytest.mark.asvs("9.1.1")
def test_the_token_of_the_previous_key_is_good_until_the_key_is_over(shop: Shop, customer: Caller) -> None:
    ring = shop.app.extensions["api.keys"]
    until = clock.now() + timedelta(hours=1)
    shop.sql("UPDATE signing_keys SET published_until = :until", until=until)
    ring.forget()
    assert customer.get("/points").status_code == 200
    shop.sql("UPDATE signing_keys SET active_from = now() - interval '2 hours', published_until = now()")
    ring.forget()
    assert customer.get("/points").status_code == 401


def test_nothing_of_one_callers_is_kept_by_caches(shop: Shop) -> None:
    assert shop.caller(EVERYTHING).get("/points").headers["Cache-Control"] == "no-store"
