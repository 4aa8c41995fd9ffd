"""Claims through the domain's function, beside pgbench sending the same statements without a domain."""

import subprocess
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from benchmarks import house
from benchmarks.bookings import place
from benchmarks.bookings.place import ACCOUNTS, DAYS, LENGTH
from benchmarks.child import Child
from benchmarks.report import median_ratio, note, pair
from local.postgres_binaries import find_binaries
from portal.domains import reservations
from portal.kernel import clock
from portal.kernel.db import make_engine, transaction
from portal.kernel.pipe import NAMED, Pipe, Statement
from tests.support.database import create_database, migrate

PROCESSES, THREADS = 2, 4
SHARE = 0.25
"""What the domain has to reach of pgbench."""
UNITS = 20


def run(*, quick: bool = False) -> None:
    """Prints claims."""
    count = 400 if quick else 4000
    with house.running() as servers, ExitStack() as stack:
        url = create_database(servers.database_url, "claims")
        migrate(url)
        servers = replace(servers, database_url=url)
        wanted = place.make(servers, units=UNITS)
        script = _script(_statements(servers, wanted), wanted)
        children = []
        for _ in range(PROCESSES):
            child = Child("benchmarks.bookings.claimer", {"DATABASE_URL": url})
            stack.callback(child.end)
            children.append(child)
        ours, theirs, taken = [], [], 1
        for turn in range(4):
            _tidy(servers)
            mine, taken = _claim(children, wanted, taken, count), taken + count
            _tidy(servers)
            other, taken = _pgbench(servers, script, taken, count), taken + count
            if turn:  # the first is only to warm up
                ours.append(mine)
                theirs.append(other)
        note(f"claims: {PROCESSES} processes × {THREADS} threads {_rates(ours)}; pgbench, 8 clients {_rates(theirs)}")
        ratio = median_ratio(ours, theirs)
        note(f"  a share of {ratio:.2f}; the limit is {SHARE}")
        pair("claims", median(ours), "1/s", ratio, "pgbench")


def _rates(rates: list[float]) -> str:
    return ", ".join(f"{rate:.0f}/s" for rate in rates)


def _claim(children: list[Child], wanted: place.Place, first: int, count: int) -> float:
    """So many claims by all processes at once; how many a second."""
    each = count // len(children)
    begun = time.perf_counter()
    for number, child in enumerate(children):
        child.tell(product=str(wanted.product_id), first=first + number * each, count=each, threads=THREADS, accounts=0)
    answers = [child.wait() for child in children]
    seconds = time.perf_counter() - begun
    if said := {said for answer in answers for said in answer["said"]} - {"held"}:
        raise RuntimeError(f"a place that nobody has was not given: {said}")
    return each * len(children) / seconds


def _statements(servers: house.House, wanted: place.Place) -> list[Statement]:
    """What one claim sends, as it was sent."""
    engine = make_engine(servers.database_url, pool_size=2)
    send, sent = Pipe.send, []

    def listening(pipe: Pipe, statements: Any, **how: bool) -> Any:
        sent.extend(statements)
        return send(pipe, statements, **how)

    Pipe.send = listening  # type: ignore[method-assign]  # put back below
    try:
        with transaction(engine) as tx:
            given = {"account_id": UUID(int=1), "product_id": wanted.product_id, "starts_at": place.start_of(0)}
            reservations.hold(tx, **given, now=clock.now(), minutes=15)
    finally:
        Pipe.send = send  # type: ignore[method-assign]  # as above
        engine.dispose()
    return [statement for statement in sent if statement[0] != "COMMIT"]


def _script(statements: list[Statement], wanted: place.Place) -> str:
    """The same for pgbench. What differs from claim to claim is made of its number; all else stands as it was sent."""
    number = ":number::bigint"
    begins = (
        f"({_literal(place.midnight())} + {number} % {DAYS} * interval '1 day'"
        f" + {number} / {DAYS} * interval '{LENGTH} minutes')"
    )
    varying = {
        "account_id": f"lpad(to_hex(1 + {number} % {ACCOUNTS}), 32, '0')::uuid",
        "id": "gen_random_uuid()",
        "ids": "ARRAY[gen_random_uuid()]",
        "turns": f"ARRAY[hashtextextended('turn', {number} % {DAYS})]",
        "about": begins,
        "from": begins,
        "starts_at": begins,
        "until": f"{begins} + interval '{LENGTH} minutes'",
        "ends_at": f"{begins} + interval '{LENGTH} minutes'",
    }
    lines = ["\\set number :first + :client_id * :share + :n", "\\set n :n + 1", "BEGIN;"]
    for query, given in statements:

        def written(found: Any, given: Any = given) -> str:
            if found[0] == "%%":
                return "%"
            return varying.get(found[1]) or _literal(given[found[1]])

        lines.append(" ".join(_without_comments(NAMED.sub(written, query)).split()) + ";")
    return "\n".join([*lines, "END;"]) + "\n"


def _without_comments(query: str) -> str:
    return "\n".join(line.split("-- ")[0] for line in query.splitlines())


def _literal(value: Any) -> str:
    """The value in SQL, without a colon in it: pgbench would take what follows for a name of its own."""
    if isinstance(value, datetime):
        return f"to_timestamp({value.timestamp()!r})"
    if isinstance(value, timedelta):
        return f"interval '{value.total_seconds()} seconds'"
    return sql.Literal(value).as_string(None)


def _pgbench(servers: house.House, script: str, first: int, count: int) -> float:
    """Eight clients on two threads, prepared statements; claims a second."""
    clients = PROCESSES * THREADS
    share = count // clients
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command = [
            str(_binary()), "--no-vacuum", "--protocol=prepared", "--jobs=2", f"--client={clients}",
            f"--transactions={share}", f"--define=share={share}", f"--define=first={first}", "--define=n=0",
            f"--file={file.name}", servers.database_url,
        ]  # fmt: skip
        before = _held(servers)
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    if (made := _held(servers) - before) != share * clients:
        raise RuntimeError(f"pgbench made {made} holds of {share * clients}")
    return float(ended.stdout.partition("tps = ")[2].split()[0])


def _tidy(servers: house.House) -> None:
    """What autovacuum does at a moment of its own. Until then pgbench, whose statements are planned once, keeps plans
    made for an empty table, and claims twenty times less."""
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _held(servers: house.House) -> int:
    with psycopg.connect(servers.database_url, row_factory=tuple_row) as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM reservations").fetchall()
    return int(count)


def _binary() -> Path:
    return find_binaries(None).directory / "pgbench"
