"""The limit: pgbench doing the same six writes, prepared and without any engine, in as many commits as we make."""

import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.gauges import Cost, measured
from benchmarks.sagas.plain import writes
from benchmarks.sagas.plain.work import PlainWork
from benchmarks.sagas.sides import PROCESSES, THREADS
from local.postgres_binaries import find_binaries

CLIENTS = PROCESSES * THREADS
SCRIPT = [
    writes.CREATE_ORDER,
    writes.USE_POINTS,
    writes.RECORD_PAYMENT,
    writes.ACCRUE_POINTS,
    writes.COMPLETE_ORDER,
    writes.QUEUE_MAIL,
]


class PgBench:
    """Eight clients of pgbench, two threads, prepared statements; the six writes spread evenly over `commits`."""

    def __init__(self, commits: int, work: PlainWork, stack: ExitStack) -> None:
        self.name = f"pgbench, {commits} commits"
        self._script = _script(commits)
        self._binary = _find()
        self._connection = stack.enter_context(work.house.connect())
        self._work = work

    def run(self, count: int) -> Cost:
        share = count // CLIENTS
        taken = self._work.take(share * CLIENTS)
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(self._script)
            file.flush()
            command = [
                str(self._binary), "--no-vacuum", "--protocol=prepared", "--jobs=2", f"--client={CLIENTS}",
                f"--transactions={share}", f"--define=share={share}",
                f"--define=first={taken['first']}", "--define=n=0",
                f"--file={file.name}", self._work.house.database_url,
            ]  # fmt: skip
            processes = {"postgres": [self._work.house.postgres_pid]}
            with measured(self._connection, processes) as cost:
                ended = subprocess.run(command, capture_output=True, text=True, check=False)
                if ended.returncode:
                    raise RuntimeError(ended.stderr)
                # Its own figure: connecting does not count, as it does not for the others.
                cost.seconds = share * CLIENTS / float(ended.stdout.partition("tps = ")[2].split()[0])
        self._work.check(taken)
        return cost


def _script(commits: int) -> str:
    """`n` counts the transactions of a client, so that every order has its own number."""
    lines = [
        "\\set order_id :first + :client_id * :share + :n",
        f"\\set account_id :order_id % {writes.ACCOUNTS}",
        "\\set total 30000",
        "\\set points 500",
        "\\set accrual 295",
        "\\set n :n + 1",
    ]
    each = len(SCRIPT) / commits
    for index, sql in enumerate(SCRIPT):
        if index in {round(part * each) for part in range(commits)}:
            lines += ["END;", "BEGIN;"] if index else ["BEGIN;"]
        lines.append(_for_pgbench(sql) + ";")
    return "\n".join([*lines, "END;"]) + "\n"


def _for_pgbench(sql: str) -> str:
    """One line, with pgbench's way of naming parameters; what varies only for us is made of the order's number."""
    named = sql.replace("%(key)s", "'key-' || :order_id::text").replace("%(reference)s", "'ch_key-' || :order_id::text")
    for name in ("order_id", "account_id", "total", "points", "accrual"):
        named = named.replace(f"%({name})s", f":{name}::bigint")
    return " ".join(named.split())


def _find() -> Path:
    binary = find_binaries(None).directory / "pgbench"
    if not binary.exists():
        raise RuntimeError(f"there is no pgbench beside the server in {binary.parent}")
    return binary
