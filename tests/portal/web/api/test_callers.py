"""Who may call: forged, foreign and stale tokens, scopes, and what the role allows at this moment."""

import base64
import hmac
import json
from collections.abc import Callable
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

Forge = Callable[[dict[str, Any], dict[str, Any], ECKey], str]

STRANGER = ECKey.generate_key("P-256")


def signed(header: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    algorithm = header["alg"]
    return jwt.encode(header, claims, key, algorithms=[algorithm], default_type=None)


def bare(header: dict[str, Any], claims: dict[str, Any], signature: str = "") -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims))
    return ".".join([*parts, signature])


def cut(token: str) -> str:
    head, body, signature = token.split(".")
    return f"{head}.{body}.{signature[:-8]}AAAAAAAA"


def with_claims(**changed: Any) -> Forge:
    """A token of ours, with these claims instead; None leaves one out."""
    return lambda h, c, k: signed(h, {name: v for name, v in (c | changed).items() if v is not None}, k)


def with_header(**changed: Any) -> Forge:
    return lambda h, c, k: signed({name: v for name, v in (h | changed).items() if v is not None}, c, k)


def keyed(header: dict[str, Any], claims: dict[str, Any], key: ECKey) -> str:
    """Signed with the public key as if it were a shared secret; by hand, because joserfc would not do it."""
    signing = bare(header, claims).rstrip(".")
    mac = hmac.digest(key.as_pem(private=False), signing.encode(), "sha256")
    return f"{signing}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


FORGED: dict[str, Forge] = {
    "alg none": lambda h, c, k: bare(h | {"alg": "none"}, c),
    "alg None": lambda h, c, k: bare(h | {"alg": "None"}, c),
    "no signature": lambda h, c, k: bare(h, c),
    "HS256 with the public key": lambda h, c, k: keyed(h | {"alg": "HS256"}, c, k),
    "another key, our kid": lambda h, c, k: signed(h, c, STRANGER),
    "another key, its own kid": lambda h, c, k: signed(h | {"kid": STRANGER.thumbprint()}, c, STRANGER),
    "another key, sent along": lambda h, c, k: signed(h | {"jwk": STRANGER.as_dict(private=False)}, c, STRANGER),
    "bad signature": lambda h, c, k: cut(signed(h, c, k)),
    "another's claims": lambda h, c, k: bare(h, c | {"sub": "x"}, signed(h, c, k).rsplit(".", 1)[1]),
    "no kid": with_header(kid=None),
    "an ID token": with_header(typ="JWT"),
    "a refresh token": with_header(typ="rt+jwt"),
    "a logout token": with_header(typ="logout+jwt"),
    "no type": with_header(typ=None),
    "expired": with_claims(exp=1_700_000_000),
    "expired this second": lambda h, c, k: signed(h, c | {"exp": int(clock.now().timestamp())}, k),
    "not yet valid": with_claims(nbf=4_000_000_000),
    "issued in the future": with_claims(iat=4_000_000_000),
    "never expires": with_claims(exp=None),
    "exp in words": with_claims(exp="tomorrow"),
    "foreign audience": with_claims(aud="https://elsewhere.example/api/v1"),
    "no audience": with_claims(aud=None),
    "the site, not its API": with_claims(aud="http://localhost"),
    "foreign issuer": with_claims(iss="https://elsewhere.example"),
    "no issuer": with_claims(iss=None),
    "no subject": with_claims(sub=None),
    "a subject that is no account": with_claims(sub="01900000-0000-7000-8000-000000000000"),
    "a subject that is no id": with_claims(sub="root"),
    "a subject that is a number": with_claims(sub=5),
    "no client": with_claims(client_id=None),
    "no jti": with_claims(jti=None),
    "no iat": with_claims(iat=None),
    "nothing": lambda h, c, k: "",
    "not a token": lambda h, c, k: "hello",
    "dots": lambda h, c, k: "..",
    "too many dots": lambda h, c, k: signed(h, c, k) + ".AAAA",
    "not ASCII": lambda h, c, k: "é.é.é",
    "a header that is a list": lambda h, c, k: "W10.e30.AAAA",
    "brackets": lambda h, c, k: base64.urlsafe_b64encode(b"[" * 2500).decode() + ".e30.AAAA",
    "very long": lambda h, c, k: signed(h, c | {"x": "x" * 5000}, k),
}


@pytest.fixture
def parts(shop: Shop) -> tuple[dict[str, Any], dict[str, Any], ECKey]:
    """Header, claims and key of a token that is good."""
    caller = shop.caller("points:read")
    with transaction(shop.engine) as tx:
        key = tokens.signing_key(tx, identity.Vault(people.SECRET_KEY), now=clock.now())
    read = jwt.decode(caller.token, key)
    return dict(read.header), dict(read.claims), key


def test_a_token_that_is_not_ours_opens_nothing(
    shop: Shop, parts: tuple[dict[str, Any], dict[str, Any], ECKey]
) -> None:
    client = shop.app.test_client()
    for name, forge in FORGED.items():
        answer = client.get("/api/v1/points", headers={"Authorization": f"Bearer {forge(*parts)}"})
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), name
        assert answer.json["code"] in {"invalid-token", "token-missing"}, name
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="jari"'), name


def test_the_token_those_are_made_from_is_good(shop: Shop, parts: tuple[dict[str, Any], dict[str, Any], ECKey]) -> None:
    for good in (signed(*parts), with_header(jku="https://evil.example/keys")(*parts)):
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
    rule = call.rule
    for gap, value in filled.items():
        rule = rule.replace(gap, value)
    assert "<" not in rule
    return rule


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


@pytest.mark.asvs("8.3.2")
@pytest.mark.parametrize("role", ["refunds", "admin"])
def test_a_role_that_is_taken_away_ends_what_the_token_still_says(shop: Shop, role: str) -> None:
    person = people.staff(shop.engine, role)
    caller, path = shop.caller("staff:refunds", person=person), "/staff/refunds/01900000-0000-7000-8000-000000000000"
    assert caller.post(f"{path}/approval").status_code == 404
    with transaction(shop.engine) as tx:
        identity.revoke_role(tx, person.id, role)
    assert caller.post(f"{path}/approval").status_code == 403


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
