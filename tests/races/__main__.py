"""`python -m tests.races --attempts 10000 --seed 7`: the whole race on a PostgreSQL of its own, then over HTTP."""

import argparse
import sys
import tempfile
from pathlib import Path

import local.postgres
import local.redis
from portal.kernel import log
from tests.races import trial
from tests.support.database import create_database, migrate


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.races", description=__doc__)
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=2_000, help="of these over HTTP (0: none)")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    log.set_up("ERROR")
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="jari-races-") as name:
        directory = Path(name)
        directory.chmod(0o755)  # PostgreSQL runs as a user of its own
        with local.postgres.running(directory / "postgres", durable=False) as server:
            url = create_database(server.url, "races")
            migrate(url)
            report = trial.run(url, attempts=options.attempts, seed=options.seed)
            print(report, flush=True)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
