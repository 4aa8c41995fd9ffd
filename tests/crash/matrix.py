"""The crash matrix: every moment of every story × SIGKILL, SIGSTOP (longer than a lease), SIGTERM → the same ending.

`python -m tests.crash.matrix` runs it all and prints the table; `make test` runs a part.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, select

from portal.domains.refunds import Refund
from portal.kernel.db import make_engine, transaction
from tests.crash.ending import ending
from tests.crash.house import LEASE, House, house, wait_for
from tests.crash.moments import Moment, Watch
from tests.crash.scenarios import SCENARIOS, Begun, Scenario
from workers.engine import Driver
from workers.engine.models import AT_REST, Saga
from workers.machine import policy_of
from workers.sagas import book

SIGNALS = {"SIGKILL": signal.SIGKILL, "SIGSTOP": signal.SIGSTOP, "SIGTERM": signal.SIGTERM}
PATIENCE = 30


def moments_of(house: House, scenario: Scenario) -> tuple[list[Moment], dict[str, list[Any]]]:
    """Runs the story once without a crash: every moment it has, and how it ends."""
    house.rings = False
    begun = scenario.begin(house)
    seen: list[Moment] = []
    engine = make_engine(house.settings.database_url)
    Watch(engine, seen.append)
    try:
        driver = Driver(engine, book, policy_of(house.settings))
        while under_way := _under_way(house, begun):
            driver.visit(under_way[0])
    finally:
        engine.dispose()
        house.plug()
    # A copy: the watch stays wrapped round this process, and begins of later cells must not lengthen the list.
    return list(seen), ending(house, begun)


def crash(house: House, scenario: Scenario, moment: Moment, number: int) -> tuple[dict[str, list[Any]], float]:
    """Runs the story with a worker that is struck at the moment; another goes on. The ending, and the seconds to it."""
    house.rings = False
    begun = scenario.begin(house)
    doomed = house.worker("tests.crash.doomed", CRASH_AT=f"{moment.index} {moment.side} {number}")
    try:
        if number == signal.SIGSTOP:
            child = wait_until_stopped(doomed.pid)
        else:
            doomed.wait(timeout=PATIENCE)
        struck = time.monotonic()
        with house.heir():
            wait_for(lambda: not _under_way(house, begun), PATIENCE, f"{scenario.name}, {moment}: no ending")
            took = time.monotonic() - struck
            if number == signal.SIGSTOP:
                os.kill(child, signal.SIGCONT)  # the zombie wakes up and finds that the saga is not its own any more
                time.sleep(LEASE / 2)
    finally:
        house.end(doomed)
    return ending(house, begun), took


def cells(house: House, scenario: Scenario, signals: list[str]) -> Iterator[tuple[Moment, str, bool, float]]:
    """Every cell of one story: moment, signal, whether it ended as without a crash, and the seconds until then."""
    moments, expected = moments_of(house, scenario)
    for moment in moments:
        for name in signals:
            try:
                got, took = crash(house, scenario, moment, SIGNALS[name])
            except (TimeoutError, subprocess.TimeoutExpired) as late:
                # One cell without an ending must not hide the others, and nobody will see this state again.
                print(f"{late}\n{house.evidence()}", file=sys.stderr)
                yield moment, name, False, PATIENCE
                continue
            if got != expected:
                for part in expected:
                    if got[part] != expected[part]:
                        print(f"    {part}: expected {expected[part]}, got {got[part]}", file=sys.stderr)
            yield moment, name, got == expected, took


def wait_until_stopped(master: int) -> int:
    """The pid of the master's child that has stopped itself."""
    found: list[int] = []

    def look() -> bool:
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        for child in map(int, children):
            if Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T":
                found.append(child)
        return bool(found)

    wait_for(look, PATIENCE, "nobody stopped")
    return found[0]


def _under_way(house: House, begun: Begun) -> list[UUID]:
    """The story's saga, and those it may begin itself: of the same key, or for another part of its refund."""
    with transaction(house.engine) as tx:
        parts = select(cast(Refund.id, Text)).where(Refund.order_id == begun.order_id, Refund.part_of.is_not(None))
        ours = (Saga.key == begun.key) | Saga.key.in_(parts)
        found = select(Saga.id).where(ours, Saga.state.not_in(AT_REST)).order_by(Saga.begun_at)
        return list(tx.execute(found).scalars())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signals", nargs="*", default=list(SIGNALS), choices=SIGNALS)
    parser.add_argument("--stories", nargs="*", default=list(SCENARIOS), choices=SCENARIOS)
    given = parser.parse_args()
    wrong = total = 0
    with tempfile.TemporaryDirectory(prefix="jari-crash-") as directory:
        os.chmod(directory, 0o755)  # noqa: S103  # PostgreSQL runs as a user of its own
        with house(Path(directory)) as built:
            print("| story | moment | signal | ending | seconds |\n| --- | --- | --- | --- | --- |")
            for name in given.stories:
                for moment, signal_name, same, took in cells(built, SCENARIOS[name], given.signals):
                    total += 1
                    wrong += not same
                    verdict = "the same" if same else "ANOTHER"
                    print(f"| {name} | {moment} | {signal_name} | {verdict} | {took:.1f} |", flush=True)
    print(f"\n{total} cells, {total - wrong} with the same ending, {wrong} with another.")
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(main())
