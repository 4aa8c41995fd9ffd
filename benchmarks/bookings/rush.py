"""A crowded slot: two hundred people want one of ten places at one moment, through two processes."""

from contextlib import ExitStack
from dataclasses import replace
from statistics import median

from benchmarks import house
from benchmarks.bookings import place
from benchmarks.child import Child
from benchmarks.report import note, pair, percentile
from portal.kernel.db import make_engine
from tests.portal.domains.reservations.racing import NOTHING_WRONG, wrongs
from tests.support.database import create_database, migrate

RACERS, PLACES, PROCESSES = 200, 10, 2
MIDDLE, LONGEST = 0.1, 2.0
"""Seconds within which half of them, and all of them, have to be answered."""


def run(*, quick: bool = False) -> None:
    """Prints hot_slot: milliseconds until half of the racers had their answer."""
    rounds = 2 if quick else 10
    with house.running() as servers, ExitStack() as stack:
        url = create_database(servers.database_url, "rush")
        migrate(url)
        servers = replace(servers, database_url=url)
        wanted = place.make(servers, units=PLACES)
        children = []
        for _ in range(PROCESSES):
            child = Child("benchmarks.bookings.claimer", {"DATABASE_URL": url})
            stack.callback(child.end)
            children.append(child)
        took = [_race(children, wanted, number) for number in range(rounds + 1)][1:]
        engine = make_engine(url, pool_size=2)
        if (found := wrongs(engine)) != NOTHING_WRONG:
            raise RuntimeError(f"stored in spite of everything: {found}")
        engine.dispose()
    everybody = [seconds for each in took for seconds in each]
    longest = max(everybody)
    note(
        f"hot_slot: {RACERS} racers for {PLACES} places, {rounds} times: half within {1000 * median(everybody):.0f} ms,"
        f" 99 % within {1000 * percentile(everybody, 0.99):.0f} ms, all within {1000 * longest:.0f} ms"
    )
    if longest > LONGEST:
        raise RuntimeError(f"somebody waited {longest:.1f} seconds")
    pair("hot_slot", 1000 * median(everybody), "ms", MIDDLE / median(everybody), "limit")


def _race(children: list[Child], wanted: place.Place, number: int) -> list[float]:
    """Seconds until each racer had an answer. Raises unless exactly so many got a place and all others heard why."""
    each = RACERS // len(children)
    for index, child in enumerate(children):
        racers = {"count": each, "threads": each, "accounts": index * each}
        child.tell(product=str(wanted.product_id), first=number, crowd=True, **racers)
    answers = [child.wait() for child in children]
    said = [said for answer in answers for said in answer["said"]]
    if said.count("held") != PLACES or set(said) - {"held", "SlotTaken"}:
        raise RuntimeError(f"{said.count('held')} of {PLACES} places were given; {sorted(set(said))}")
    return [seconds for answer in answers for seconds in answer["seconds"]]
