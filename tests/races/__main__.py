"""`python -m tests.races --attempts 10000 --seed 7`: the whole race on a PostgreSQL of its own, then over HTTP."""

import argparse
import sys
import tempfile
from pathlib import Path

import local.postgres
import local.redis
from portal.kernel import log
from portal.kernel.db import make_engine
from tests.races import books, trial, webs, world
from tests.races.callers import Callers
from tests.support.database import create_database, migrate


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.races", description=__doc__)
    parser.add_argument("--attempts", type=int, default=10_000, help="at the front doors (0: none)")
    parser.add_argument("--requests", type=int, default=2_000, help="of these over HTTP (0: none)")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    log.set_up("ERROR")
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="jari-races-") as name:
        directory = Path(name)
        directory.chmod(0o755)  # PostgreSQL runs as a user of its own
        with local.postgres.running(directory / "postgres", durable=False) as server:
            faults = {
                **(_race(server.url, options.attempts, options.seed) if options.attempts else {}),
                **(_over_http(directory, server.url, options.requests, options.seed) if options.requests else {}),
            }
    return 1 if faults else 0


def _race(server_url: str, attempts: int, seed: int) -> dict[str, int]:
    """Through the front doors of the domains, from several processes; what must not be."""
    url = create_database(server_url, "races")
    migrate(url)
    report = trial.run(url, attempts=attempts, seed=seed)
    print(report, flush=True)
    return report.faults


def _over_http(directory: Path, server_url: str, requests: int, seed: int) -> dict[str, int]:
    """The same race over HTTP, with two web servers, a worker and a ticker; what must not be."""
    url = create_database(server_url, "web")
    migrate(url)
    engine = make_engine(url)
    try:
        made, before = world.make(engine, people=trial.PEOPLE), books.deadlocks(engine)
        with webs.running(directory, url) as client:
            told = Callers(engine, made, client, client.urls[0]).race(requests, seed)
        trial.quiet(engine)
        faults = {**books.wrongs(engine), "answers that nobody had thought of": len(told.broken)}
        faults["deadlocks"] = books.deadlocks(engine) - before
        faults = {name: count for name, count in faults.items() if count}
        print(told, *([f"WRONG: {count} {name}" for name, count in faults.items()] or ["nothing wrong"]), sep="\n")
        return faults
    finally:
        engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
