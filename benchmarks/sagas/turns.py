"""The turns: each side runs its sagas, one after the other, several rounds; ratios are those of neighbours in time."""

from contextlib import ExitStack
from statistics import median

from benchmarks import house
from benchmarks.gauges import Cost
from benchmarks.report import median_ratio, note, pair, percentile
from benchmarks.sagas import writes
from benchmarks.sagas.limit import PgBench
from benchmarks.sagas.sides import CLIENT_THREADS, PROCESSES, THREADS, Dbos, Numbers, Ours, Side, cores

OUR_COMMITS = 3
"""Commits of a plain saga that wait for the disk: begin, before the call, behind the call."""

PICK_UP_TARGET = 0.060


def run(*, quick: bool = False) -> None:
    """Prints sagas.plain against dbos-step, dbos-datasource and pgbench, then how soon an idle worker begins."""
    rounds = 1 if quick else 5
    with house.running() as servers, ExitStack() as stack:
        with servers.connect() as connection:
            connection.execute(writes.TABLES.encode())
            note(f"sagas: {PROCESSES} processes × {THREADS} threads on {cores()} cores, {house.settings(connection)}")
        numbers = Numbers()
        ours = Ours(servers, numbers, stack)
        peers: list[Side] = [Dbos("step", servers, numbers, stack), Dbos("datasource", servers, numbers, stack)]
        sides: list[tuple[Side, int]] = [(ours, 1200), (peers[0], 240), (peers[1], 120)]
        sides.append((PgBench(OUR_COMMITS, servers, numbers, stack), 8000))
        if quick:
            sides = [(side, count // 6) for side, count in sides]
        note(f"jari: begun by a client with {CLIENT_THREADS} threads, one commit each, within the time measured")
        for side, count in sides:
            side.run(count // 4)  # connections, plans and caches
        rates: dict[str, list[float]] = {side.name: [] for side, _ in sides}
        for number in range(rounds):
            note(f"round {number + 1}")
            for side, count in sides:
                cost = side.run(count)
                rates[side.name].append(count / cost.seconds)
                note(_row(side.name, count, cost))
        note("what one saga asks of the disk")
        for side, count in sides:
            note(f"  {side.name:<20} {side.run(count, commits=True).commits_per(count)}")
        for side, _ in sides[1:]:
            against = side.name.partition(",")[0]
            ratio = median_ratio(rates[ours.name], rates[side.name])
            pair("sagas.plain", median(rates[ours.name]), "sagas/s", ratio, against)
        _pick_up(ours, 10 if quick else 40)
        _at_half_the_rate(ours, median(rates[ours.name]) / 2, 2 if quick else 8)


def _row(name: str, count: int, cost: Cost) -> str:
    return f"  {name:<20} {count / cost.seconds:8.1f} /s   {cost.cpu_per(count)}"


def _pick_up(ours: Ours, count: int) -> None:
    """Idle: from the beginning of the transaction that begins a saga to its first step, through Redis and Dramatiq."""
    started = [started for started, _ in ours.trickle(count, every=0.337)]
    half = percentile(started, 0.5)
    note(
        f"pick-up when idle: p50 {1000 * half:.0f} ms, p90 {1000 * percentile(started, 0.9):.0f}, "
        f"max {1000 * max(started):.0f}"
    )
    pair("sagas.pickup", 1000 * half, "ms", PICK_UP_TARGET / half, "target")


def _at_half_the_rate(ours: Ours, rate: float, seconds: int) -> None:
    """From begun to completed while the engine is half as busy as it can be."""
    ended = [ended for _, ended in ours.trickle(int(rate * seconds), every=1 / rate)]
    note(
        f"begun to completed at {rate:.0f} sagas/s: p50 {1000 * percentile(ended, 0.5):.0f} ms, "
        f"p99 {1000 * percentile(ended, 0.99):.0f} ms"
    )
