"""`python -m tests.chaos --seconds 600 --seed 7`: a trial of the whole portal, and a table of what it saw."""

import argparse
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from random import Random
from types import FrameType

from portal.kernel.db import make_engine
from tests.chaos import world
from tests.chaos.answers import Notes
from tests.chaos.books import Books
from tests.chaos.house import ROOT, House, house
from tests.chaos.people import Customer, Desk, refuse
from tests.chaos.summary import summary
from tests.chaos.trouble import Trouble
from tests.chaos.watch import Watch

QUIET_WITHIN = 150.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--customers", type=int, default=12)
    parser.add_argument("--directory", type=Path, help="where the logs go (default: var/chaos/SEED)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    directory = options.directory or ROOT / "var" / "chaos" / str(options.seed)
    print(f"seed {options.seed}, {options.seconds:g} s, logs in {directory}", flush=True)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    try:
        with house(directory) as built:
            return trial(built, options.seed, options.seconds, options.customers)
    except KeyboardInterrupt:
        return 130


def trial(built: House, seed: int, seconds: float, customers: int) -> int:
    """One trial; 1 when a promise was broken. Our main thread strikes, tends and waits; everybody else has a thread."""
    notes = Notes()
    engine = make_engine(built.database_url)
    made = world.make(engine, built.webs[0], customers=customers)
    engine.dispose()
    watch = Watch(built.database_url, notes)
    trouble = Trouble(built, notes, watch, seed)
    desk = Desk(seed, built.webs, made.staff, made.first, notes)
    notes.blow("starting", time.monotonic(), 20)
    built.open()
    patient = seconds >= 60
    people = [Customer(n, token, desk, patient=patient) for n, token in enumerate(made.customers)]
    watching = threading.Thread(target=watch.run, daemon=True)
    for thread in [watching, desk, *people]:
        thread.start()
    begun = time.monotonic()
    _strike_until(begun + seconds, built, trouble, Random(f"{seed} times"))
    notes.blow("the last repairs", time.monotonic(), 10)
    trouble.make_peace()
    desk.end.set()
    books = Books(built, notes)
    quiet = _wait_for_quiet([desk, *people], built, trouble, books, soon=not patient)
    notes.count("seconds until all was quiet", round(quiet))
    watch.stop()
    watching.join()
    books.check()
    print(summary(seed, seconds, notes, watch.took, books.figures(), built), flush=True)
    return 1 if notes.broken else 0


def _strike_until(end: float, built: House, trouble: Trouble, chance: Random) -> None:
    """A blow every one to three seconds, after the portal had time to start."""
    strike_at = time.monotonic() + 6
    while time.monotonic() < end:
        built.tend()
        trouble.tend()
        if time.monotonic() >= strike_at:
            print(f"  {end - time.monotonic():4.0f} s left: {trouble.strike()}", flush=True)
            strike_at = time.monotonic() + chance.uniform(0.6, 2.2)
        time.sleep(0.05)


def _wait_for_quiet(
    people: list[threading.Thread], built: House, trouble: Trouble, books: Books, *, soon: bool
) -> float:
    """Until everybody has their answers, every saga its end and every mail is sent. The seconds it took.

    `soon`: whoever has not confirmed a payment by then refuses it, so that nobody need wait until its time is over.
    """
    begun = time.monotonic()
    while (waited := time.monotonic() - begun) < QUIET_WITHIN:
        built.tend()
        trouble.tend()
        talking = [one.name for one in people if one.is_alive()]
        busy = books.busy()
        if not talking:
            refuse(books.challenges() if soon else [])
        if not talking and not busy:
            break
        print(f"  {waited:4.0f} s: {busy} under way, {', '.join(talking) or 'nobody'} waits for an answer", flush=True)
        time.sleep(1)
    return waited


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
