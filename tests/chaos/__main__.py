"""`python -m tests.chaos --seconds 600 --seed 7`: a trial of the whole portal, and a table of what it saw."""

import argparse
import shutil
import signal
import sys
import threading
import time
from contextlib import suppress
from itertools import chain
from pathlib import Path
from types import FrameType

import requests

from tests.chaos import bank, logs, mail_books, provider_books, recovery, witness, world
from tests.chaos.away import Away
from tests.chaos.books import Books
from tests.chaos.desk import Desk
from tests.chaos.faults import FAULTS, Faults
from tests.chaos.house import ROOT, house
from tests.chaos.notes import Notes
from tests.chaos.people import Customer
from tests.chaos.schedule import Turns, rounds
from tests.chaos.summary import summary
from tests.chaos.trial import Trial
from tests.chaos.trouble import BLOWS, Trouble

PATIENT = 60.0
"""From so many seconds on a trial waits for what takes a minute, meets every kind of blow, and keeps its bounds."""
EVERY = 3.5
"""Seconds from one blow to the next: ten minutes have a hundred kills among them, and time to see what each leaves."""
OVERTIME = 60.0
"""Seconds for which a trial goes on at most until it has met every kind of blow, and some customers."""
FEW = 80
"""So many orders are not many."""
OPENS_WITHIN = 120.0
QUIET_WITHIN, PATIENTLY = 60.0, 180.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--customers", type=int, default=24)
    parser.add_argument("--directory", type=Path, help="where the logs go (default: var/chaos/SEED)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    directory = options.directory or ROOT / "var" / "chaos" / str(options.seed)
    print(f"seed {options.seed}, {options.seconds:g} s, logs in {directory}", flush=True)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    notes, away = Notes(), Away()
    try:
        with house(directory, notes, away) as built:
            witness.install(built.database_url)
            made = world.make(built.engine, built.webs[0][1], customers=options.customers)
            patient = options.seconds >= PATIENT
            return run(Trial(options.seed, built, made, notes, away, patient), options.seconds)
    except KeyboardInterrupt:
        print("stopped from outside: this proves nothing", flush=True)
        return 130


def run(trial: Trial, seconds: float) -> int:
    """One trial; 1 when a promise was broken. Our main thread strikes, tends and waits; everybody else has a thread."""
    trial.house.open(workers=3 if trial.patient else 2)
    trouble, faults = Trouble(trial), Faults(trial)
    customers = [Customer(trial, number, token) for number, token in enumerate(trial.world.customers)]
    people = [*(Desk(trial, number) for number in range(2)), *customers]
    _wait_until_open(trial)
    for thread in [trial.door, *people]:
        thread.start()
    lasted = _strike(seconds, trial, trouble, faults)
    trouble.make_peace()
    faults.make_peace()
    trial.end.set()
    books = Books(trial)
    quiet = _wait_for_quiet(people, trial, trouble, books)
    trial.notes.count("seconds until all was quiet", round(quiet))
    took = _check(trial, books)
    if trial.patient and trouble.missed:
        trial.notes.breaks(f"this trial proves too little: it never came to {', '.join(sorted(trouble.missed))}")
    print(summary(trial, lasted, took, books.figures()), flush=True)
    return 1 if trial.notes.broken else 0


def _wait_until_open(trial: Trial) -> None:
    """Until everybody does their work for the first time."""
    end = time.monotonic() + OPENS_WITHIN
    while closed := [one.name for one in trial.house.kept if trial.away.now(one.name)]:
        if time.monotonic() > end:
            raise TimeoutError(f"{', '.join(closed)} did not open")
        trial.house.tend()
        for name, url in trial.house.webs:
            with suppress(requests.RequestException):
                requests.get(f"{url}/healthz", timeout=1).raise_for_status()
                trial.away.well(name)
        time.sleep(0.1)


def _strike(seconds: float, trial: Trial, trouble: Trouble, faults: Faults) -> float:
    """For so many seconds, and until it was enough to prove something; how long it was.

    A short trial has as many kinds of blows as a long one, one sooner after the other.
    """
    often = BLOWS if trial.patient else dict.fromkeys(BLOWS, 1)
    every = min(EVERY, seconds / (sum(often.values()) + 2))
    blows = Turns(rounds(f"{trial.seed} blows", often, every))
    orders = Turns(rounds(f"{trial.seed} faults", FAULTS, every / 4))
    begun = time.monotonic()
    while (now := time.monotonic() - begun) < seconds or (_proves_little(trial, trouble) and now < seconds + OVERTIME):
        trial.house.tend()
        trouble.tend()
        faults.tend()
        for fault in orders.due(now):
            faults.order(*fault)
            orders.done(fault)
        # Whom a blow would hit may lie low already: then it waits, and the next one has its turn.
        if blow := next((one for one in blows.due(now) if trouble.strike(one)), None):
            blows.done(blow)
            print(f"  {now:4.0f} s: {blow.replace('_', ' ')}", flush=True)
        time.sleep(0.05)
    return now


def _proves_little(trial: Trial, trouble: Trouble) -> bool:
    """Not every kind of blow has fallen and passed, or there was hardly anybody whom it could hit."""
    return bool(trouble.missed) or trouble.lasts or len(trial.notes.accepted) < FEW


def _wait_for_quiet(people: list[threading.Thread], trial: Trial, trouble: Trouble, books: Books) -> float:
    """Until everybody has their answers, every saga its end and every mail is sent; or nobody comes for what is left.

    In a short trial whoever has not confirmed a payment by then refuses it, so that nobody need wait for a minute.
    Returns the seconds it took.
    """
    begun = time.monotonic()
    before: list[object] = []
    while (waited := time.monotonic() - begun) < (PATIENTLY if trial.patient else QUIET_WITHIN):
        trial.house.tend()
        trouble.tend()
        talking = [one.name for one in people if one.is_alive()]
        busy = books.busy()
        if not talking and not busy:
            break
        if not talking and not trial.patient:
            bank.refuse(books.challenges())
        if round(waited) % 5 == 0:
            forgotten = books.forgotten()
            if forgotten and forgotten == before:
                break
            before = forgotten
            waits = ", ".join(talking) or "nobody"
            print(f"  {waited:4.0f} s: {len(busy)} under way, {waits} waits for an answer", flush=True)
        time.sleep(1)
    for name in [one.name for one in people if one.is_alive()]:
        trial.notes.breaks(f"{name} still waits for an answer")
    return waited


def _check(trial: Trial, books: Books) -> dict[str, list[float]]:
    """Against all books; the seconds until lost sagas were taken up again, by cause."""
    books.check()
    provider_books.check(books)
    mail_books.check(books)
    url = trial.house.database_url
    workers = [one.name for one in trial.house.kept if one.name.startswith("worker")]
    took = recovery.recoveries(witness.taken_up(url), trial.away, workers)
    unexplained, explained = logs.complaints(trial.house.directory, trial.away)
    (trial.house.directory / "explained.txt").write_text("\n".join(explained))
    trial.notes.count("complaints in our logs, of parts that were struck", len(explained))
    trial.notes.count("connections cut amid a commit", witness.cuts(url))
    trial.notes.count("drivers that found their saga in another's hands", logs.fenced(trial.house.directory))
    for words in chain(witness.broken(url), unexplained, recovery.late(took) if trial.patient else ()):
        trial.notes.breaks(words)
    return took


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
