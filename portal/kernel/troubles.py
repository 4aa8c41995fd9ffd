"""Troubles of the database: as psycopg tells them, and which of them mean that it is away."""

import psycopg
from psycopg import errors
from sqlalchemy.exc import DBAPIError

from portal.kernel.wire import EarlierFailed

PASSING = (psycopg.OperationalError, errors.ReadOnlySqlTransaction)
"""Those that pass by themselves: it is away or too busy, or it is the copy that is about to take the place of the one
that wrote."""
OF_ONE = (errors.DeadlockDetected, errors.LockNotAvailable, errors.QueryCanceled, errors.SerializationFailure)
"""Those of them that one transaction has with others; the next may well go through."""


def told(error: BaseException) -> BaseException | None:
    """As psycopg says it, whoever passed it on: SQLAlchemy, or a statement that waited."""
    if isinstance(error, DBAPIError):
        return error.orig
    return error.__cause__ if isinstance(error, EarlierFailed) else error


def passes(error: BaseException) -> bool:
    """Whether the same may well go through a moment later."""
    return isinstance(told(error), PASSING)


def is_away(error: BaseException) -> bool:
    """Whether the next transaction would fare no better."""
    return passes(error) and not isinstance(told(error), OF_ONE)
