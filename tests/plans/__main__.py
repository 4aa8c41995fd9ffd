"""Fills a house and writes the plans of its hot queries into docs/data-model.md: `python -m tests.plans`.

Takes some minutes and two gigabytes for a while. `--reservations 100000` and `--print` are for looking without writing;
`--keep DIR` leaves the house there, and goes into the one that is there already.
"""

import argparse
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from psycopg.errors import DuplicateDatabase
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

import local.postgres
from portal.kernel.db import make_engine
from tests.data_model.page import PAGE, written
from tests.plans.capture import Plan, plans_of
from tests.plans.hot import HOT, Hot
from tests.plans.law import indexes, may_be_kept, read_whole, tables_of
from tests.plans.page import details, table
from tests.plans.world import World, fill
from tests.support.database import create_database, migrate

NAME = "plans"
COUNTED = ("reservations", "holds", "orders", "accounts", "sagas", "mails", "waiting_entries", "products")


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="jari-plans-", ignore_cleanup_errors=True) as name:
        directory = options.keep or Path(name)
        directory.mkdir(exist_ok=True)
        os.chmod(directory, 0o755)  # noqa: S103  # PostgreSQL runs as a user of its own
        with local.postgres.running(directory / "postgres", durable=False) as server:
            engine, world = _house(server.url, directory / "filled", options.reservations)
            told = "" if options.only_fill else _told(engine, world)
            engine.dispose()
    if options.only_fill:
        print(f"The house is ready in {directory}.")
    elif options.print:
        print(told)
    else:
        PAGE.write_text(written(PAGE.read_text(), "plans", told))


def _house(server: str, filled: Path, reservations: int) -> tuple[Engine, World]:
    """The house that is there, or a new one."""
    if filled.exists():
        return make_engine(_named(server), pool_size=2), World(int(filled.read_text()))
    with suppress(DuplicateDatabase):  # begun and interrupted
        create_database(server, NAME)
    migrate(_named(server))
    engine = make_engine(_named(server), pool_size=2)
    world = fill(engine, reservations)
    filled.write_text(str(reservations))
    return engine, world


def _named(server: str) -> str:
    return f"{server.rsplit('/', 1)[0]}/{NAME}"


def _told(engine: Engine, world: World) -> str:
    seen = {hot: _seen(engine, world, hot) for hot in HOT}
    with Session(engine) as tx:
        tables = tables_of(tx)
        counts = {name: tx.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in COUNTED}
        version, memory, size = tx.execute(
            text(
                "SELECT current_setting('server_version'), current_setting('shared_buffers'),"
                " pg_size_pretty(pg_database_size(current_database()))"
            )
        ).one()
    by = {hot: sorted({one for plan in plans for one in indexes(plan, tables)}) for hot, plans in seen.items()}
    kept, whole = _general(engine, world, tables)
    if whole:
        raise SystemExit("\n".join(whole))
    there = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())
    head = (
        f"Measured on {datetime.now(UTC):%-d %B %Y} with PostgreSQL {version} ({memory} of shared memory), {size}:"
        f" {there}. Of {sum(map(len, seen.values()))} statements PostgreSQL may go on with the plan that ignores the"
        f" values of {kept}, and by none of these it reads a growing table whole."
    )
    return f"{head}\n\n{table(seen, by)}\n\n{details(seen)}"


def _seen(engine: Engine, world: World, hot: Hot) -> Sequence[Plan]:
    """The plans with what they cost the second time, when what they read is in memory."""
    for _ in range(2):
        with Session(engine) as tx:
            plans = plans_of(tx, lambda tx: hot.act(tx, world), measured=True)
            tx.rollback()
    return plans


def _general(engine: Engine, world: World, tables: Mapping[str, str]) -> tuple[int, Sequence[str]]:
    """Of how many statements the plan that ignores values may be kept, and which of these plans read a table whole."""
    kept, whole = 0, []
    for hot in HOT:
        with Session(engine) as tx:
            for plan in plans_of(tx, lambda tx, hot=hot: hot.act(tx, world)):
                if may_be_kept(plan):
                    kept += 1
                    whole += [f"{hot.name}: {fault}" for fault in read_whole(plan.steps(generic=True), tables)]
            tx.rollback()
    return kept, whole


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.plans", description=__doc__)
    parser.add_argument("--reservations", type=int, default=1_000_000, help="how many (default: 1,000,000)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the house is, or is left for another look")
    parser.add_argument("--only-fill", action="store_true", help="with --keep: measure another time")
    parser.add_argument("--print", action="store_true", help="to the screen, not into the page")
    return parser.parse_args()


if __name__ == "__main__":
    main()
