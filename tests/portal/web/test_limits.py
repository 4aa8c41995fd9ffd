"""Tries are counted for all servers together, and told apart by whose they are."""

import threading

import pytest
from flask import Flask
from redis import Redis
from werkzeug.exceptions import TooManyRequests

import local.redis
from portal.config import Settings
from portal.web import limits
from portal.web.redis_session import SessionsAway
from tests.portal.web.conftest import built

RULE = "3 per 5 minutes"


def test_the_fourth_of_three_tries_is_told_when_to_come_back(house: Flask, redis: Redis) -> None:
    with house.test_request_context():
        for _ in range(3):
            limits.count(RULE, "password", "kim")
        with pytest.raises(TooManyRequests) as told:
            limits.count(RULE, "password", "kim")
        assert 1 <= told.value.retry_after <= 301
        limits.count(RULE, "password", "lee")
        limits.forgive(RULE, "password", "kim")
        limits.count(RULE, "password", "kim")


@pytest.mark.asvs("6.3.1", "6.6.3")
def test_thirty_tries_at_once_on_two_servers_are_thirty_tries(settings: Settings, redis: Redis) -> None:
    servers, start, let_through = [built(settings), built(settings)], threading.Barrier(30), []

    def attempt(number: int) -> None:
        with servers[number % 2].test_request_context():
            start.wait()
            try:
                limits.count("5 per 5 minutes", "code", "kim")
                let_through.append(number)
            except TooManyRequests:
                pass

    threads = [threading.Thread(target=attempt, args=(n,)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_through) == 5


def test_checking_counts_nothing(house: Flask, redis: Redis) -> None:
    with house.test_request_context():
        for _ in range(5):
            limits.check(RULE, "address", "192.0.2.1")
        for _ in range(3):
            limits.note(RULE, "address", "192.0.2.1")
        with pytest.raises(TooManyRequests):
            limits.check(RULE, "address", "192.0.2.1")


@pytest.mark.parametrize(
    ("given", "counted"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8::1", "2001:db8::/64"), ("2001:db8::ffff:1", "2001:db8::/64"), ("", "")],
)
def test_addresses_of_one_network_count_as_one(house: Flask, given: str, counted: str) -> None:
    with house.test_request_context(environ_base={"REMOTE_ADDR": given}):
        assert limits.address() == counted


@pytest.mark.asvs("6.3.1")
def test_spellings_of_one_account_share_a_name_that_says_nothing() -> None:
    names = {limits.name_of(email) for email in ("kim@example.com", "KIM@Example.com", " ｋｉｍ@example.com ")}
    assert len(names) == 1
    assert "kim" not in names.pop()


@pytest.mark.asvs("16.5.3")
def test_without_redis_nobody_may(settings: Settings, mortal_redis: local.redis.Redis) -> None:
    app = built(settings.model_copy(update={"redis_url": mortal_redis.url}))
    mortal_redis.stop()
    with app.test_request_context():
        for ask in (limits.count, limits.check, limits.note, limits.forgive):
            with pytest.raises(SessionsAway):
                ask(RULE, "password", "kim")
