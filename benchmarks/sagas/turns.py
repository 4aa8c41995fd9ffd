"""The turns: each side runs its sagas, one after the other, several rounds; ratios are those of neighbours in time."""

from contextlib import ExitStack, closing
from dataclasses import replace
from statistics import median

from benchmarks import house
from benchmarks.gauges import Cost, commits_so_far
from benchmarks.report import median_ratio, note, pair, percentile
from benchmarks.sagas.filled import fill
from benchmarks.sagas.limit import PgBench
from benchmarks.sagas.plain.work import PlainWork
from benchmarks.sagas.real.work import RealWork
from benchmarks.sagas.sides import CLIENT_THREADS, PROCESSES, THREADS, Dbos, Ours, Side, cores
from tests.support.database import create_database, migrate

OUR_COMMITS = 3
"""Commits of a plain saga that wait for the disk: begin, before the call, behind the call."""

PICK_UP_TARGET = 0.060
SHARE_OF_A_QUICK_RUN = 6


def run(*, quick: bool = False) -> None:
    """Prints sagas.plain and sagas.real, each against its peers, how soon an idle worker begins, and whether it matters
    how many have finished."""
    with house.running() as servers:
        with servers.connect() as connection:
            note(f"sagas: {PROCESSES} processes × {THREADS} threads on {cores()} cores; {house.settings(connection)}")
        note(f"jari: begun by a client with {CLIENT_THREADS} threads, one commit each, within the time measured")
        _plain(servers, quick=quick)
        url = create_database(servers.database_url, "real")
        migrate(url)
        _real(replace(servers, database_url=url), quick=quick)
        _filled(servers, quick=quick)


def _plain(servers: house.House, *, quick: bool) -> None:
    work = PlainWork(servers)
    with ExitStack() as stack:
        ours = Ours(work, stack)
        sides: list[tuple[Side, int]] = [
            (ours, 900),
            (Dbos("step", work, stack), 180),
            (Dbos("datasource", work, stack), 90),
            (PgBench(OUR_COMMITS, work, stack), 6000),
        ]
        rate = _compare("sagas.plain", servers, sides, rounds=3, quick=quick)
        _pick_up(ours, 10 if quick else 40)
        _at_half_the_rate(ours, rate / 2, 2 if quick else 6)


def _real(servers: house.House, *, quick: bool) -> None:
    with ExitStack() as stack:
        work = stack.enter_context(closing(RealWork(servers)))
        ours = Ours(work, stack)
        sides: list[tuple[Side, int]] = [
            (ours, 200),
            (Dbos("step", work, stack), 80),
            (Dbos("datasource", work, stack), 60),
        ]
        _compare("sagas.real", servers, sides, rounds=3, quick=quick)


def _filled(servers: house.House, *, quick: bool) -> None:
    """The same sagas beside a million that have finished, and beside none; alternately, in two databases."""
    many = 100_000 if quick else 1_000_000
    with ExitStack() as stack:
        sides: list[tuple[Side, int]] = []
        for number, name in enumerate(("filled", "empty"), start=1):
            database = create_database(servers.database_url, name)
            queue = f"{servers.redis_url.removesuffix('0')}{number}"  # another of Redis' databases: rings stay at home
            there = house.furnished(replace(servers, database_url=database, redis_url=queue))
            side = Ours(PlainWork(there), stack)
            side.name = name
            sides.append((side, 900))
            if name == "filled":
                note(f"sagas.filled: writing {many:,} finished sagas")
                fill(there, many)
        _compare("sagas.filled", servers, sides, rounds=11, quick=quick)


def _compare(bench: str, servers: house.House, sides: list[tuple[Side, int]], *, rounds: int, quick: bool) -> float:
    """Rounds of turns, first a warm-up and last a slow one that counts commits. Prints a line per pair; our rate."""
    note(bench)
    if quick:
        rounds, sides = 1, [(side, count // SHARE_OF_A_QUICK_RUN) for side, count in sides]
    for side, count in sides:
        side.run(count // 4)  # connections, plans and caches
    rates: dict[str, list[float]] = {side.name: [] for side, _ in sides}
    for number in range(rounds):
        note(f" round {number + 1}")
        for side, count in sides if number % 2 == 0 else sides[::-1]:  # nobody has always the first turn
            cost = side.run(count)
            rates[side.name].append(count / cost.seconds)
            note(_row(side.name, count, cost))
    if bench != "sagas.filled":
        _count_commits(servers, sides)
    ours = sides[0][0].name
    for side, _ in sides[1:]:
        ratio = median_ratio(rates[ours], rates[side.name])
        pair(bench, median(rates[ours]), "sagas/s", ratio, side.name.partition(",")[0])
    return median(rates[ours])


def _count_commits(servers: house.House, sides: list[tuple[Side, int]]) -> None:
    """One more turn of each, slowly: what one saga asks of the disk."""
    note(" of the disk a saga asks")
    with servers.connect() as connection:
        before = commits_so_far(connection)
        for side, count in sides:
            own = side.run(count).own + 2
            after = commits_so_far(connection)
            commits, flushes = (after.commits - before.commits - own) / count, (after.flushes - before.flushes) / count
            note(f"  {side.name:<20} {commits:.1f} commits, {flushes:.1f} flushes of the log (shared by those at once)")
            before = after


def _row(name: str, count: int, cost: Cost) -> str:
    return f"  {name:<20} {count / cost.seconds:8.1f} /s   {cost.cpu_per(count)}"


def _pick_up(ours: Ours, count: int) -> None:
    """Idle: from the beginning of the transaction that begins a saga to its first steps, through Redis and Dramatiq."""
    started = [started for started, _ in ours.trickle(count, every=0.337)]
    half, most = percentile(started, 0.5), percentile(started, 0.9)
    note(f" pick-up when idle: p50 {1000 * half:.0f} ms, p90 {1000 * most:.0f}, max {1000 * max(started):.0f}")
    pair("sagas.pickup", 1000 * half, "ms", PICK_UP_TARGET / half, "target")


def _at_half_the_rate(ours: Ours, rate: float, seconds: int) -> None:
    """From begun to completed while the engine is half as busy as it can be."""
    ended = [ended for _, ended in ours.trickle(int(rate * seconds), every=1 / rate)]
    half, most = percentile(ended, 0.5), percentile(ended, 0.99)
    note(f" begun to completed at {rate:.0f} sagas/s: p50 {1000 * half:.0f} ms, p99 {1000 * most:.0f} ms")
