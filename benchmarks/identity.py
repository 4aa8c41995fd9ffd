"""What signing in costs everybody else: a session read and written, a token checked, and a flood of wrong passwords."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from statistics import median
from threading import Event

from redis import Redis

import portal.tables  # noqa: F401  # the tables name each other, so all have to be known
from benchmarks import house
from benchmarks.report import note, pair
from portal.domains.identity import Limits, Sessions, Vault, passwords, tokens
from portal.kernel import clock
from portal.kernel.db import make_engine, transaction
from tests import factories
from tests.support.database import create_database, migrate

BASE_URL = "https://jari.example"
SESSION_LIMIT, TOKEN_LIMIT = 1.0, 0.3
"""Milliseconds that a request may spend on its session, and an API call on its token."""
FLOOD = 16
"""So many try passwords at once in one web process."""


def run(*, quick: bool = False) -> None:
    """Prints sessions, token_check and token_check.flood."""
    times = 200 if quick else 2000
    with house.running() as servers:
        _sessions(servers, times)
        url = create_database(servers.database_url, "identity")
        migrate(url)
        check = _checking(replace(servers, database_url=url))
        alone = _milliseconds(check, times)
        pair("token_check", alone, "ms", TOKEN_LIMIT / alone, "limit")
        _flood(check, alone, times)


def _sessions(servers: house.House, times: int) -> None:
    sessions = Sessions(Redis.from_url(servers.redis_url))
    limits = Limits(timedelta(minutes=30), timedelta(hours=8))
    begun = sessions.begin({"basket": list(range(20))}, limits, account="kim", agent="Firefox", address="203.0.113.7")
    if begun is None:
        raise RuntimeError("no session was begun")
    sid, _ = begun

    def use() -> None:
        found = sessions.load(sid)
        if found is None or not sessions.save(sid, found):
            raise RuntimeError("the session is gone")

    took = _milliseconds(use, times)
    pair("sessions", took, "ms", SESSION_LIMIT / took, "limit")


def _checking(servers: house.House) -> Callable[[], None]:
    """What the API does with a token, without the database: the keys are read once."""
    engine, vault = make_engine(servers.database_url, pool_size=2), Vault("a secret key that is only good for figures")
    with transaction(engine) as tx:
        token = tokens.issue_access_token(
            tx,
            vault,
            account_id=factories.account(tx, email="kim@example.com").id,
            client_id="bench",
            scope="bookings:read",
            base_url=BASE_URL,
            now=clock.now(),
            lifetime=timedelta(hours=1),
        )
    with transaction(engine) as tx:
        keys = tokens.published_keys(tx, now=clock.now())
    engine.dispose()
    validator = tokens.AccessTokenValidator(BASE_URL, tokens.KeyRing(lambda: keys), realm="jari")

    def check() -> None:
        found = validator.authenticate_token(token)
        validator.validate_token(found, ["bookings:read"], None)

    return check


def _flood(check: Callable[[], None], alone: float, times: int) -> None:
    """The same check while many try passwords: argon2 is meant to be slow, and must not slow everybody else down."""
    kept, over, tried = passwords.hashed("a password nobody guesses 1A!"), Event(), []

    def guess() -> None:
        while not over.is_set():
            try:
                tried.append(passwords.matches("Wrong-Password!1", kept))
            except passwords.TooBusy:
                tried.append(False)

    with ThreadPoolExecutor(FLOOD) as pool:
        for _ in range(FLOOD):
            pool.submit(guess)
        time.sleep(0.2)
        beside = _milliseconds(check, times)
        over.set()
    note(f" {FLOOD} guessed meanwhile, {len(tried)} passwords in all, {passwords.AT_ONCE} at once")
    pair("token_check.flood", beside, "ms", alone / beside, "alone")


def _milliseconds(act: Callable[[], None], times: int) -> float:
    """The median of so many."""
    act()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append(1000 * (time.perf_counter() - began))
    return median(took)
