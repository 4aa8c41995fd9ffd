"""Flask's session in Redis: no cookie without content, no foreign id, and no way back once it has ended."""

from datetime import timedelta

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Engine, text

import local.redis
from portal.config import Settings
from portal.domains.identity import Limits
from portal.domains.identity.sessions import PREFIX, key_of
from portal.kernel.db import transaction
from portal.web import redis_session
from portal.web.guards import public
from tests.portal.web.conftest import built
from tests.support import people


def sid_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("sid")
    return cookie.value if cookie else ""


@pytest.mark.asvs("7.6.2")
def test_a_first_look_leaves_no_cookie_and_nothing_in_redis(visitor: FlaskClient, redis: Redis) -> None:
    answer = visitor.get("/house/open")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert redis.keys(PREFIX + "*") == []


@pytest.mark.asvs("7.2.4")
def test_an_id_somebody_brings_along_is_never_adopted(visitor: FlaskClient, redis: Redis) -> None:
    visitor.set_cookie("sid", "chosen-by-an-attacker", domain="localhost")
    visitor.get("/sign-in")  # writes a token into the session
    assert sid_of(visitor) not in {"", "chosen-by-an-attacker"}
    assert redis.exists(PREFIX + key_of("chosen-by-an-attacker")) == 0


def test_a_dead_cookie_is_taken_away(visitor: FlaskClient) -> None:
    visitor.set_cookie("sid", "of-a-session-that-ended", domain="localhost")
    assert visitor.get("/house/open").status_code == 200
    assert sid_of(visitor) == ""


@pytest.mark.asvs("3.3.1", "3.3.2", "3.3.3", "3.3.4")
@pytest.mark.parametrize(
    ("base_url", "name", "secure"), [("https://jari.example", "__Host-sid", True), ("http://localhost", "sid", False)]
)
def test_cookies_carry_their_flags(settings: Settings, redis: Redis, base_url: str, name: str, secure: bool) -> None:
    client = built(settings.model_copy(update={"base_url": base_url})).test_client()
    given = client.get("/sign-in?lang=ko", base_url=base_url).headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in given} == {name, name.replace("sid", "lang")}
    for cookie in given:
        parts = {part.strip() for part in cookie.split(";")}
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= parts
        assert ("Secure" in parts) is secure
        assert not any(part.startswith("Domain") for part in parts)
    client = client.application.test_client(use_cookies=False)
    taken = client.get("/house/open", base_url=base_url, headers={"Cookie": f"{name}=dead"}).headers["Set-Cookie"]
    assert taken.startswith(f"{name}=;")
    assert ("Secure" in taken) is secure, "without Secure, a browser keeps a __Host- cookie"


@pytest.mark.asvs("7.2.1")
def test_every_server_sees_the_same_session(settings: Settings, visitor: FlaskClient, database: Engine) -> None:
    people.sign_in(visitor, people.customer(database))
    second = built(settings).test_client()
    second.set_cookie("sid", sid_of(visitor), domain="localhost")
    assert second.get("/house/mine").status_code == 200


@pytest.mark.asvs("7.4.1")
def test_a_revoked_session_is_over_at_the_next_request(house: Flask, visitor: FlaskClient, database: Engine) -> None:
    kim = people.customer(database)
    people.sign_in(visitor, kim)
    assert visitor.get("/house/mine").status_code == 200
    store = house.extensions["sessions"]
    (line,) = store.of_account(str(kim.id))
    assert store.revoke(str(kim.id), line.key)
    assert visitor.get("/house/mine").status_code == 303
    assert sid_of(visitor) == ""


@pytest.mark.asvs("7.4.1")
def test_a_request_under_way_does_not_bring_a_revoked_session_back(
    house: Flask, database: Engine, redis: Redis
) -> None:
    kim = people.customer(database)

    @house.get("/slow")
    @public
    def slow() -> str:
        session["written"] = "before"
        house.extensions["sessions"].revoke_all(str(kim.id))  # elsewhere, meanwhile
        session["written"] = "after"
        return "done"

    client = house.test_client()
    people.sign_in(client, kim)
    assert client.get("/slow").status_code == 200
    assert redis.keys(PREFIX + "*") == []
    assert sid_of(client) == ""
    assert client.get("/house/mine").status_code == 303


@pytest.mark.asvs("7.4.2")
def test_closing_an_account_ends_its_sessions_at_the_next_request(
    visitor: FlaskClient, database: Engine, redis: Redis
) -> None:
    kim = people.customer(database)
    people.sign_in(visitor, kim)
    with transaction(database) as tx:
        tx.execute(text("UPDATE accounts SET disabled_at = now()"))
    assert visitor.get("/house/mine").status_code == 303
    assert redis.keys(PREFIX + "*") == []


@pytest.mark.asvs("7.3.1", "7.3.2")
def test_staff_have_shorter_limits_than_customers(settings: Settings) -> None:
    assert redis_session.limits(settings) == Limits(timedelta(hours=2), timedelta(days=14))
    assert redis_session.limits(settings, staff=True) == Limits(timedelta(minutes=30), timedelta(hours=12))


@pytest.mark.asvs("7.3.1")
def test_signing_in_lives_by_the_limits_of_the_role(visitor: FlaskClient, database: Engine, redis: Redis) -> None:
    people.sign_in(visitor, people.staff(database, "refunds"))
    visitor.get("/house/desk")
    assert redis.pttl(PREFIX + key_of(sid_of(visitor))) == pytest.approx(30 * 60_000, abs=5_000)


@pytest.mark.asvs("16.5.3")
def test_with_redis_away_public_pages_answer_and_the_others_say_so(
    settings: Settings, database: Engine, mortal_redis: local.redis.Redis
) -> None:
    client = built(settings.model_copy(update={"redis_url": mortal_redis.url})).test_client()
    kim = people.sign_in(client, people.customer(database))
    assert client.get("/house/mine").status_code == 200
    mortal_redis.stop()

    stranger = client.application.test_client()
    assert stranger.get("/house/open").status_code == 200
    answer = client.get("/house/open")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers, "the session may still live: its cookie stays"

    for answer in (
        client.get("/house/mine"),
        client.post("/house/mine", data={"csrf_token": kim.csrf}),
        client.get("/sign-in"),
        stranger.get("/sign-in"),
        stranger.get("/sign-up"),
        client.post("/sign-out", data={"csrf_token": kim.csrf}),
    ):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "Back in a moment" in answer.text

    mortal_redis.start()
    assert client.application.extensions["sessions"].load(sid_of(client)) is not None, "nothing was forgotten"
    assert client.get("/house/mine").status_code == 200
