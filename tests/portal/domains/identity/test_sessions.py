"""Sessions end when they are said to, and what was revoked stays so."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from portal.domains.identity import Limits, Sessions
from portal.domains.identity.sessions import OF_ACCOUNT, PREFIX, key_of
from portal.kernel.redis import client

LIMITS = Limits(idle=timedelta(minutes=30), absolute=timedelta(hours=12))
START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until told."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **much: float) -> None:
        self.time += timedelta(**much)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    redis = client(redis_url)
    redis.flushdb()
    yield redis
    redis.flushdb()
    redis.close()


@pytest.fixture
def sessions(redis: Redis, clock: Clock) -> Sessions:
    return Sessions(redis, now=clock)


def begin(sessions: Sessions, account: str = "kim", **data: object) -> str:
    begun = sessions.begin(data, LIMITS, account=account, agent="Firefox", address="192.0.2.1")
    assert begun is not None
    return begun[0]


@pytest.mark.asvs("7.2.3")
def test_an_id_is_43_letters_and_redis_never_sees_it(sessions: Sessions, redis: Redis) -> None:
    sid = begin(sessions, hello="there")
    assert len(sid) == 43
    everything = b" ".join([*redis.keys(), *(redis.get(key) for key in redis.keys(PREFIX + "*"))])
    assert sid.encode() not in everything
    assert json.loads(redis.get(PREFIX + key_of(sid)))["data"] == {"hello": "there"}


def test_what_is_kept_comes_back_and_an_unknown_id_brings_nothing(sessions: Sessions) -> None:
    sid = begin(sessions, hello="there")
    stored = sessions.load(sid)
    assert stored is not None
    assert (stored.data, stored.account) == ({"hello": "there"}, "kim")
    assert sessions.load("x" * 43) is None
    assert sessions.load("") is None


@pytest.mark.asvs("7.3.1")
def test_an_idle_session_ends(sessions: Sessions, clock: Clock, redis: Redis) -> None:
    sid = begin(sessions)
    assert redis.pttl(PREFIX + key_of(sid)) == pytest.approx(30 * 60_000, abs=2_000)
    clock.forward(minutes=29)
    stored = sessions.load(sid)
    assert stored is not None
    assert sessions.save(sid, stored)
    clock.forward(minutes=29)
    assert sessions.load(sid) is not None
    clock.forward(minutes=2)
    assert sessions.load(sid) is None


@pytest.mark.asvs("7.3.2")
def test_no_activity_carries_a_session_past_its_absolute_end(sessions: Sessions, clock: Clock, redis: Redis) -> None:
    sid = begin(sessions)
    for _ in range(35):
        clock.forward(minutes=20)
        stored = sessions.load(sid)
        assert stored is not None
        assert sessions.save(sid, stored)
    assert redis.pttl(PREFIX + key_of(sid)) == pytest.approx(20 * 60_000, abs=2_000), "cut at the end, not idle's 30"
    clock.forward(minutes=20)
    assert sessions.load(sid) is None
    assert not sessions.save(sid, stored)


@pytest.mark.asvs("7.4.1")
def test_a_save_under_way_does_not_bring_a_revoked_session_back(sessions: Sessions) -> None:
    sid = begin(sessions)
    in_flight = sessions.load(sid)
    assert in_flight is not None
    assert sessions.revoke("kim", key_of(sid))
    in_flight.data["hello"] = "again"
    assert not sessions.save(sid, in_flight)
    assert sessions.load(sid) is None
    assert sessions.of_account("kim") == []


@pytest.mark.asvs("7.4.1")
def test_a_renewal_under_way_does_not_either(sessions: Sessions) -> None:
    sid = begin(sessions)
    sessions.revoke_all("kim")
    again = sessions.begin({}, LIMITS, account="kim", instead_of=sid, previous_account="kim", only_if_alive=True)
    assert again is None
    assert sessions.of_account("kim") == []


@pytest.mark.asvs("7.2.4")
def test_a_new_id_takes_the_place_of_the_old_one(sessions: Sessions) -> None:
    old = begin(sessions)
    begun = sessions.begin({"a": 1}, LIMITS, account="kim", instead_of=old, previous_account="kim", only_if_alive=True)
    assert begun is not None
    assert begun[0] != old
    assert sessions.load(old) is None
    assert [line.key for line in sessions.of_account("kim")] == [key_of(begun[0])]


@pytest.mark.asvs("7.5.2")
def test_a_person_sees_their_own_sessions_the_last_used_first(sessions: Sessions, clock: Clock) -> None:
    begin(sessions, account="lee")
    first = begin(sessions)
    clock.forward(minutes=1)
    second = begin(sessions)
    clock.forward(minutes=1)
    stored = sessions.load(first)
    assert stored is not None
    sessions.save(first, stored)
    listed = sessions.of_account("kim")
    assert [line.key for line in listed] == [key_of(first), key_of(second)]
    assert (listed[0].began, listed[0].seen) == (START, START + timedelta(minutes=2))
    assert (listed[0].agent, listed[0].address) == ("Firefox", "192.0.2.1")


@pytest.mark.asvs("7.5.2")
def test_nobody_revokes_another_persons_session(sessions: Sessions) -> None:
    sid = begin(sessions, account="lee")
    assert not sessions.revoke("kim", key_of(sid))
    assert sessions.load(sid) is not None


@pytest.mark.asvs("7.4.3")
def test_all_but_this_one_are_revoked(sessions: Sessions) -> None:
    kept, *others = (begin(sessions) for _ in range(4))
    lees = begin(sessions, account="lee")
    assert sessions.revoke_all("kim", keep=kept) == 3
    assert [sessions.load(sid) is not None for sid in (kept, *others, lees)] == [True, False, False, False, True]
    assert sessions.revoke_all("kim") == 1
    assert sessions.load(kept) is None


def test_the_list_lives_as_long_as_its_longest_session(sessions: Sessions, clock: Clock, redis: Redis) -> None:
    begin(sessions)
    clock.forward(hours=1)
    short = Limits(idle=timedelta(minutes=1), absolute=timedelta(minutes=5))
    sessions.begin({}, short, account="kim")
    assert redis.ttl(OF_ACCOUNT + "kim") == pytest.approx(11 * 3600, abs=5)
    clock.forward(minutes=6)
    begin(sessions)
    assert redis.zcard(OF_ACCOUNT + "kim") == 2, "what has ended is swept out when something is added"


def test_use_is_written_once_a_minute(sessions: Sessions, clock: Clock) -> None:
    sid = begin(sessions)
    stored = sessions.load(sid)
    assert stored is not None
    clock.forward(seconds=59)
    assert not sessions.is_due(stored)
    clock.forward(seconds=1)
    assert sessions.is_due(stored)
    sessions.save(sid, stored)
    assert not sessions.is_due(stored)


def test_two_servers_share_them(sessions: Sessions, clock: Clock, redis_url: str) -> None:
    other_server = Sessions(client(redis_url), now=clock)
    sid = begin(sessions, hello="there")
    assert other_server.load(sid) == sessions.load(sid)
    other_server.end(sid, "kim")
    assert sessions.load(sid) is None
