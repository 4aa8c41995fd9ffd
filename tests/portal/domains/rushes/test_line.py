"""The queue in Redis: by arrival, whoever asks first; and the same again when Redis has forgotten everything."""

import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from uuid import UUID

import pytest
from redis import Redis

from portal.domains.rushes import Place, Queue, Terms
from portal.domains.rushes.line import ABSENT_AFTER
from portal.kernel import clock
from portal.kernel.ids import new_id
from portal.kernel.redis import client

PEOPLE = 60


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    redis = client(redis_url)
    redis.flushall()
    yield redis
    redis.close()


@pytest.fixture
def terms() -> Terms:
    """Switched on a while ago, so that a queue Redis does not know was lost."""
    return Terms(new_id(), at_once=2, minutes=5, opened_at=clock.now() - timedelta(hours=1))


def fresh(terms: Terms) -> Terms:
    return replace(terms, opened_at=clock.now())


def look(queue: Queue, terms: Terms, who: UUID, *, arrived: int = 0, until: int = 0) -> Place:
    return queue.look(terms, who, arrived=arrived, until=until, now=clock.now())


def all_could_come_back(redis: Redis) -> None:
    """The seconds in which nobody is let in are over."""
    for key in redis.scan_iter("*:born"):
        redis.set(key, int(clock.now().timestamp()) - 1)


def test_who_comes_first_goes_in_first_and_so_many_at_once(redis: Redis, terms: Terms) -> None:
    queue, terms = Queue(redis), fresh(terms)
    people = [new_id() for _ in range(5)]
    places = [look(queue, terms, one) for one in people]
    assert [bool(place.until) for place in places] == [True, True, False, False, False]
    assert [place.place for place in places[2:]] == [1, 2, 3]
    queue.leave(terms, people[0])
    assert not look(queue, terms, people[4]).until, "the next is somebody else"
    assert look(queue, terms, people[2]).until
    assert look(queue, terms, people[4]).place == 2
    assert queue.waiting(terms) == (2, 2)


def test_a_pass_lasts_as_long_as_it_says_and_looking_again_gives_no_new_one(redis: Redis, terms: Terms) -> None:
    queue, terms = Queue(redis), fresh(terms)
    me = new_id()
    first = look(queue, terms, me)
    assert first.until - clock.now().timestamp() == pytest.approx(300, abs=2)
    assert look(queue, terms, me, arrived=first.arrived).until == first.until


def test_who_has_had_their_turn_comes_to_the_end_whatever_ticket_they_kept(redis: Redis, terms: Terms) -> None:
    queue, terms = Queue(redis), fresh(terms)
    me, *others = (new_id() for _ in range(4))
    mine = look(queue, terms, me)
    for other in others:
        look(queue, terms, other)
    queue.leave(terms, me)
    again = look(queue, terms, me, arrived=mine.arrived)
    assert (again.until, again.place) == (0, 3)


def test_who_does_not_look_any_more_stands_in_nobodys_way_and_comes_back_to_their_place(
    redis: Redis, terms: Terms
) -> None:
    queue, terms = Queue(redis), replace(fresh(terms), at_once=1)
    inside, gone, here = (new_id() for _ in range(3))
    look(queue, terms, inside)
    before = look(queue, terms, gone)
    assert look(queue, terms, here).place == 2
    (seen,) = redis.scan_iter("*:seen")
    redis.zincrby(seen, -ABSENT_AFTER - 1, gone.hex)
    assert look(queue, terms, here).place == 1
    assert look(queue, terms, gone, arrived=before.arrived).place == 1
    assert look(queue, terms, here).place == 2


def test_the_order_is_that_of_arrival_when_redis_has_lost_everything(redis: Redis, terms: Terms) -> None:
    queue = Queue(redis)
    people = [new_id() for _ in range(PEOPLE)]
    came = {one: look(queue, terms, one).arrived for one in people}
    redis.flushall()
    mixed = random.Random(3).sample(people, PEOPLE)
    assert not any(look(queue, terms, one, arrived=came[one]).until for one in mixed), "until all could come back"
    all_could_come_back(redis)
    newcomer = look(queue, terms, new_id())
    assert newcomer.place == PEOPLE + 1
    entered: list[UUID] = []
    while len(entered) < PEOPLE:
        let_in = [one for one in mixed if one not in entered and look(queue, terms, one, arrived=came[one]).until]
        assert set(let_in) == set(people[len(entered) : len(entered) + terms.at_once])
        for one in let_in:
            queue.leave(terms, one)
        entered += let_in


def test_who_was_inside_stays_inside_when_redis_has_lost_everything(redis: Redis, terms: Terms) -> None:
    """At once, by the pass that is shown: to be let in again would take until all could come back."""
    queue, terms = Queue(redis), replace(terms, at_once=1)
    me, other = new_id(), new_id()
    look(queue, terms, me)
    all_could_come_back(redis)
    mine = look(queue, terms, me)
    redis.flushall()
    assert look(queue, terms, me, arrived=mine.arrived, until=mine.until).until == mine.until
    all_could_come_back(redis)
    assert not look(queue, terms, other).until


def test_a_ticket_from_the_future_is_from_now(redis: Redis, terms: Terms) -> None:
    queue = Queue(redis)
    early, late = new_id(), new_id()
    look(queue, terms, early)
    place = look(queue, terms, late, arrived=int((clock.now() + timedelta(days=1)).timestamp() * 1_000_000))
    assert abs(place.arrived / 1_000_000 - clock.now().timestamp()) < 5
    assert place.place == 2


def test_the_wait_is_told_by_how_fast_it_goes(redis: Redis, terms: Terms) -> None:
    queue, terms = Queue(redis), fresh(terms)
    people = [new_id() for _ in range(7)]
    places = [look(queue, terms, one) for one in people]
    assert [place.wait for place in places[2:]] == [60, 120, 180, 240, 300], "two in the last two minutes"


def test_the_order_is_one_for_all_processes_through_the_loss_of_redis(
    redis: Redis, terms: Terms, redis_url: str
) -> None:
    """Three processes, each with a third of the people; Redis is emptied when all have come; they come back mixed."""
    people = [new_id() for _ in range(PEOPLE)]
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        arrivals = [pool.submit(_arrive, redis_url, terms, dict.fromkeys(people[n::3], 0)) for n in range(3)]
        came = {who: arrived for future in arrivals for who, arrived in future.result().items()}
        redis.flushall()
        backs = [pool.submit(_arrive, redis_url, terms, {who: came[who] for who in people[n::3]}) for n in range(3)]
        assert {who: arrived for future in backs for who, arrived in future.result().items()} == came
    (line,) = redis.scan_iter("*:line")
    stand = [UUID(hex=one.decode()) for one in redis.zrange(line, 0, -1)]  # type: ignore[union-attr]  # a sync client
    assert stand == sorted(people, key=lambda one: came[one])
    assert len(set(came.values())) == PEOPLE


def _arrive(url: str, terms: Terms, tickets: dict[UUID, int]) -> dict[UUID, int]:
    queue = Queue(client(url))
    mixed = random.Random(len(tickets)).sample(sorted(tickets), len(tickets))
    return {one: look(queue, terms, one, arrived=tickets[one]).arrived for one in mixed}
