"""One trial: a crowd that does everything at once, quiet, a last rush for what is left, quiet, and the books."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Thread

from sqlalchemy import Engine, text

from portal.domains import reservations
from portal.kernel import sagas
from portal.kernel.db import make_engine, transaction
from tests.races import books, world
from tests.races.crowd import POLICY, Tally, crowd, processes
from tests.races.racer import OFFERS, ring
from tests.races.world import HALVES, World
from workers.engine import Driver, SagaPort
from workers.lines import Looking
from workers.sagas import book

LOOKERS, EVERY = 2, 0.2
PEOPLE = 40
VISITS = 60
AT_REST = "state IN ('done', 'compensated', 'parked')"


@dataclass
class Report:
    """What a trial saw. `faults` is what must not be; an empty one is a promise kept."""

    seed: int
    mixed: Tally
    rush: Tally
    seconds: float
    offers: int
    faults: dict[str, int] = field(default_factory=dict)

    @property
    def attempts(self) -> int:
        return self.mixed.told.total() + self.rush.told.total()

    def __str__(self) -> str:
        told = [
            f"seed {self.seed}: {self.attempts} attempts in {self.seconds:.0f} s, {self.offers} offers by the clock"
        ]
        for name, tally in (("everything at once", self.mixed), ("the last rush", self.rush)):
            kinds = ", ".join(f"{count} {kind}" for kind, count in tally.told.most_common())
            told.append(f"{name}: {kinds}")
            told += tally.broken[:5]
        told += [f"WRONG: {count} {name}" for name, count in self.faults.items()] or ["nothing wrong"]
        return "\n".join(told)


def run(url: str, *, attempts: int, seed: int, last: float = 0.5) -> Report:
    """Races on the empty database at `url`; `last` is the part of the attempts that is the last rush."""
    engine = make_engine(url)
    try:
        begun, before = time.monotonic(), books.deadlocks(engine)
        sagas.plug(SagaPort(book, ring))
        made = world.make(engine, people=PEOPLE)
        with processes() as pool, looked_after(url) as offers:
            mixed = crowd(pool, url, made, seed, "act", round(attempts * (1 - last)))
            quiet(engine)
            rush = crowd(pool, url, made, seed, "want", round(attempts * last))
        quiet(engine)
        report = Report(seed, mixed, rush, time.monotonic() - begun, sum(offers))
        report.faults = {name: count for name, count in _faults(engine, made, report, before).items() if count}
        return report
    finally:
        engine.dispose()


def _faults(engine: Engine, made: World, report: Report, deadlocks: int) -> dict[str, int]:
    course, last = made.wares[2], made.time(HALVES - 2)
    return {
        "answers that nobody had thought of": len(report.mixed.broken) + len(report.rush.broken),
        **books.wrongs(engine),
        "wishes refused for which there is room": books.refused_with_room(engine, report.rush.refused),
        "hours not sold exactly": books.hours_not_sold_exactly(engine, course.resource_id, made.morning, last),
        "overlaps that the database let buggy code store": books.stored_twice(engine),
        "deadlocks": books.deadlocks(engine) - deadlocks,
        "people who never had their turn": report.mixed.told["SlotBusy"] + report.rush.told["SlotBusy"],
    }


@contextmanager
def looked_after(url: str) -> Iterator[list[int]]:
    """Two look after the lines all the while, as tickers do; how many offers each made, once it is over."""
    over, offers = Event(), []

    def look() -> None:
        engine, made = make_engine(url, pool_size=2), 0
        looking = Looking(partial(transaction, engine), **OFFERS)
        while not over.wait(EVERY):
            made += looking.look()
        offers.append(made)
        engine.dispose()

    lookers = [Thread(target=look, name=f"looker-{number}") for number in range(LOOKERS)]
    for looker in lookers:
        looker.start()
    try:
        yield offers
    finally:
        over.set()
        for looker in lookers:
            looker.join()


def quiet(engine: Engine) -> None:
    """Until every saga rests and every line is served; what has run out is tidied up."""
    works = driver(engine)
    for _ in range(VISITS):
        with engine.begin() as connection:
            due = f"UPDATE sagas SET next_at = now() WHERE NOT ({AT_REST}) RETURNING id"
            left = list(connection.execute(text(due)).scalars())  # the rule is our own words
        if not left:
            break
        for saga_id in left:
            works.visit(saga_id)
    with transaction(engine) as tx:
        while reservations.release_expired(tx, limit=1000):
            pass
    looking = Looking(partial(transaction, engine), **OFFERS)
    while looking.look():
        pass


def driver(engine: Engine) -> Driver:
    """Who works on sagas, with a short patience and a long lease."""
    return Driver(engine, book, POLICY)
