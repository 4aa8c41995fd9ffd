"""Which troubles of the database pass, and which of them mean that it is away, whoever passes them on."""

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import OperationalError, ProgrammingError

from portal.kernel import troubles
from portal.kernel.wire import EarlierFailed

LOST = psycopg.OperationalError("server closed the connection unexpectedly")


def late(cause: Exception) -> EarlierFailed:
    error = EarlierFailed("late")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "passes", "away"),
    [
        (LOST, True, True),
        (OperationalError("SELECT", {}, LOST), True, True),
        (late(LOST), True, True),
        (errors.AdminShutdown(), True, True),
        (errors.TooManyConnections(), True, True),
        (errors.ReadOnlySqlTransaction(), True, True),
        (errors.DeadlockDetected(), True, False),
        (OperationalError("SELECT", {}, errors.LockNotAvailable()), True, False),
        (late(errors.QueryCanceled()), True, False),
        (errors.SerializationFailure(), True, False),
        (errors.UniqueViolation(), False, False),
        (ProgrammingError("SELECT", {}, errors.UndefinedColumn()), False, False),
        (RuntimeError("broken"), False, False),
    ],
)
def test_what_passes_and_what_is_away(error: Exception, passes: bool, away: bool) -> None:
    assert (troubles.passes(error), troubles.is_away(error)) == (passes, away)
