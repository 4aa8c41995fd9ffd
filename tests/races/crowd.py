"""Several processes full of racers, each thread on a connection of its own."""

import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from random import Random
from threading import Barrier

from portal.domains.reservations import Room
from portal.kernel import log, sagas
from portal.kernel.db import make_engine
from portal.kernel.errors import Fact
from tests.races.racer import Racer, ring
from tests.races.world import World
from workers.engine import Driver, Policy, SagaPort
from workers.sagas import book

PROCESSES, THREADS = 2, 8
POLICY = Policy(lease=60, pace=0.01, cap=0.002, settle=0.0)


@dataclass
class Tally:
    """What became of so many attempts: answers by kind, wishes that were refused, and what nobody had thought of."""

    told: Counter[str] = field(default_factory=Counter)
    refused: list[Room] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.told + other.told, self.refused + other.refused, self.broken + other.broken)


@contextmanager
def processes() -> Iterator[ProcessPoolExecutor]:
    """The processes in which crowds come."""
    with ProcessPoolExecutor(
        PROCESSES, mp_context=get_context("spawn"), initializer=log.set_up, initargs=["ERROR"]
    ) as pool:
        yield pool


def crowd(pool: ProcessPoolExecutor, url: str, world: World, seed: int, act: str, attempts: int) -> Tally:
    """So many attempts at `act` (a method of Racer), shared among processes and threads."""
    each = -(-attempts // (PROCESSES * THREADS))
    given = [(url, world, f"{seed} {act} {number}", act, each) for number in range(PROCESSES)]
    return sum(pool.map(_process, given), Tally())


def _process(given: tuple[str, World, str, str, int]) -> Tally:
    url, world, seed, act, each = given
    engine = make_engine(url, pool_size=THREADS)
    sagas.plug(SagaPort(book, ring))
    driver, start = Driver(engine, book, POLICY), Barrier(THREADS)

    def run(number: int) -> Tally:
        start.wait()
        return sum(
            (_one(Racer(engine, world, driver, Random(f"{seed} {number} {n}")), act) for n in range(each)), Tally()
        )

    with ThreadPoolExecutor(THREADS) as pool:
        tallies: Sequence[Tally] = list(pool.map(run, range(THREADS)))
    engine.dispose()
    return sum(tallies, Tally())


def _one(racer: Racer, act: str) -> Tally:
    try:
        answer = getattr(racer, act)()
        said = answer if isinstance(answer, str) else type(answer).__name__
    except Fact as fact:
        said = type(fact).__name__
    except Exception:
        return Tally(Counter(["broken"]), broken=[traceback.format_exc()[-1500:]])
    return Tally(Counter([said]), list(racer.refused))
