"""The same race between processes, as between web servers: the queue is the database's, so it makes no difference."""

import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context

from sqlalchemy import Engine

from portal.domains import reservations
from portal.kernel.db import Tx, make_engine, transaction
from tests.portal.domains.reservations.racing import NOTHING_WRONG, race, wrongs
from tests.portal.domains.reservations.scene import HOUR, MORNING, Scene, scene

PROCESSES, THREADS, ROUNDS = 2, 8, 15


def test_pairs_of_kayaks_from_several_processes(database: Engine) -> None:
    with transaction(database) as tx:
        kayaks = scene(tx, units=10, length=60, max_length=240, customers=PROCESSES * THREADS * ROUNDS)
    url = database.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(_claim, url, kayaks, MORNING, number) for number in range(PROCESSES)]
        told = sum((future.result() for future in futures), Counter())
    assert told.keys() == {"Hold", "SlotTaken"}
    assert told.total() == PROCESSES * THREADS * ROUNDS
    assert wrongs(database) == NOTHING_WRONG


def _claim(url: str, kayaks: Scene, morning: datetime, process: int) -> Counter[str]:
    chance = random.Random(process)
    wishes = [(chance.randrange(24) / 2, chance.randrange(2, 9) / 2) for _ in range(THREADS * ROUNDS)]

    def wish(tx: Tx, n: int) -> reservations.Hold:
        hour, length = wishes[n]
        begins = morning + hour * HOUR
        who = process * THREADS * ROUNDS + n
        asked = {"starts_at": begins, "ends_at": begins + length * HOUR, "quantity": 2, "wait": timedelta(seconds=60)}
        return kayaks.hold(tx, who=who, **asked)

    engine = make_engine(url)
    try:
        return Counter(type(answer.value).__name__ for answer in race(engine, THREADS, wish, rounds=ROUNDS))
    finally:
        engine.dispose()
