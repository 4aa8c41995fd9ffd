"""Several processes want one of each part of two products that share people and rooms: nothing twice, nothing half."""

import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from sqlalchemy import Engine, text

from portal.domains import reservations
from portal.kernel.db import Tx, make_engine, transaction
from tests import factories
from tests.portal.domains.reservations.racing import OVERLAPS, race
from tests.portal.domains.reservations.scene import Scene, scene
from tests.portal.domains.reservations.test_races import PATIENT, kinds

PROCESSES, THREADS, ROUNDS = 2, 6, 10
EACH = THREADS * ROUNDS

HALVES = text("""
    SELECT count(*) FROM holds h JOIN LATERAL (
        SELECT count(DISTINCT resource_id) AS ones, count(DISTINCT (status, order_id)) AS fates, count(*) AS rows
        FROM reservations WHERE hold_id = h.id
    ) r ON true WHERE r.ones <> 2 OR r.rows <> 2 OR r.fates <> 1
""")
"""Holds that do not have exactly one person and one room, of one fate."""
HOURS_SOLD = text("""
    SELECT r.name, count(*) FROM reservations b JOIN resources r ON r.id = b.resource_id
    WHERE b.status <> 'CANCELLED' GROUP BY r.name
""")


def two_products(tx: Tx) -> tuple[Scene, Scene]:
    """A massage by Kim, Lee or Park and a facial by Park or Choi, each in one of the same two rooms."""
    kim, lee, park, choi = (factories.resource(tx, name=name) for name in ("Kim", "Lee", "Park", "Choi"))
    rooms = [factories.resource(tx, name=name).id for name in ("Red", "Blue")]
    massage = scene(tx, on=kim, customers=PROCESSES * EACH)
    facial = scene(tx, on=park, customers=PROCESSES * EACH)
    factories.also(tx, massage.product_id, [lee.id, park.id], rooms)
    factories.also(tx, facial.product_id, [choi.id], rooms[::-1])
    return massage, facial


def test_one_hour_of_two_rooms_is_sold_twice_and_not_a_third_time(database: Engine) -> None:
    with transaction(database) as tx:
        both = two_products(tx)
    answers = race(database, 24, lambda tx, n: both[n % 2].hold(tx, who=n, wait=PATIENT))
    assert kinds(answers) == {"Hold": 2, "SlotTaken": 22}
    assert _wrongs(database) == (0, 0)


def test_two_products_from_several_processes(database: Engine) -> None:
    with transaction(database) as tx:
        both = two_products(tx)
    url = database.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(_claim, url, both, number) for number in range(PROCESSES)]
        told = sum((future.result() for future in futures), Counter[str]())
    assert told.keys() == {"Hold", "SlotTaken"}, "no deadlock, nobody without an answer"
    assert told.total() == PROCESSES * EACH
    assert _wrongs(database) == (0, 0)
    with transaction(database) as tx:
        sold = dict(tx.execute(HOURS_SOLD).all())
        assert sold["Red"] + sold["Blue"] == told["Hold"] == 24, "twelve hours, two rooms: all of it"


def _claim(url: str, both: tuple[Scene, Scene], process: int) -> Counter[str]:
    chance = random.Random(process)
    wishes = [(chance.randrange(2), chance.randrange(12)) for _ in range(EACH)]
    engine = make_engine(url)

    def wish(tx: Tx, n: int) -> reservations.Hold:
        which, hour = wishes[n]
        return both[which].hold(tx, who=process * EACH + n, hour=hour, wait=PATIENT)

    try:
        return kinds(race(engine, THREADS, wish, rounds=ROUNDS))
    finally:
        engine.dispose()


def _wrongs(database: Engine) -> tuple[int, int]:
    with database.connect() as connection:
        return connection.execute(OVERLAPS).scalar_one(), connection.execute(HALVES).scalar_one()
