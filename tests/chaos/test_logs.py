"""What counts as a complaint without a cause: everything that a blow does not explain, whenever it is said."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.chaos import logs
from tests.chaos.away import POSTGRES, REDIS, Away

GONE = "(psycopg.errors.AdminShutdown) terminating connection due to administrator command"
TWICE = "(psycopg.errors.UniqueViolation) duplicate key value violates unique constraint"


def told(words: str, level: str = "error", *, ago: float = 0.0) -> str:
    """A line of one of our loggers; NOW stands for the moment in the cases below."""
    return f"NOW-{ago} [{level:<9}] {words}\n"


def traceback(words: str) -> str:
    return told("Failed to process message") + f"Traceback (most recent call last):\n  File …\n{words}\nmore of it\n"


def at(match: re.Match[str]) -> str:
    moment = (datetime.now(UTC) - timedelta(seconds=float(match[1]))).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='microseconds')}Z"


@pytest.fixture
def away() -> Away:
    """PostgreSQL and Redis have just been struck, and so has worker-1."""
    away = Away()
    for part in (POSTGRES, REDIS, "worker-1"):
        away.strike(part)
        away.well(part)
    return away


def without_cause(directory: Path, away: Away, log: str) -> list[str]:
    (directory / "worker-0.log").write_text(re.sub(r"NOW-([\d.]+)", at, log))
    return logs.complaints(directory, away)[0]


@pytest.mark.parametrize(
    "log",
    [
        told("visited", "info"),
        told(f"step broke error='OperationalError: {GONE}'"),
        traceback(f"sqlalchemy.exc.OperationalError: {GONE}"),
        told("Consumer encountered a connection error: Error 111 connecting to redis.sock", "critical"),
        told("not sent attempts=1 error=OperationalError", "warning"),
    ],
)
def test_what_a_blow_explains(tmp_path: Path, away: Away, log: str) -> None:
    assert without_cause(tmp_path, away, log) == []


@pytest.mark.parametrize(
    "log",
    [
        told(f"step broke error='IntegrityError: {TWICE}'"),
        traceback(f"sqlalchemy.exc.IntegrityError: {TWICE}"),
        traceback("RuntimeError: order 7 is not processing"),
        traceback("sqlalchemy.exc.OperationalError: (psycopg.errors.DeadlockDetected) deadlock detected"),
        told("parked reason='it was tried too often'"),
        told("job failed error='division by zero'", "warning"),
        told("Worker with PID 7 exited unexpectedly (code -9). Shutting down...", "critical"),  # worker-1 was killed
        told(f"step broke error='OperationalError: {GONE}'", ago=60),
        "ModuleNotFoundError: No module named 'portal'\n",
    ],
)
def test_what_no_blow_explains(tmp_path: Path, away: Away, log: str) -> None:
    assert len(without_cause(tmp_path, away, log)) == 1


def test_whoever_was_killed_may_say_so(tmp_path: Path, away: Away) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    said = f"[{now},999] [PID 7] [MainThread] [dramatiq.MainProcess] [CRITICAL] Worker exited unexpectedly (code -9)."
    (tmp_path / "worker-1.log").write_text(said)
    assert logs.complaints(tmp_path, away)[0] == []
    (tmp_path / "worker-2.log").write_text(said)
    assert len(logs.complaints(tmp_path, away)[0]) == 1
