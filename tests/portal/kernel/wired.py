"""What the tests of the wire share: a table of numbers, and what is stored in it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, text

from portal.kernel import wire
from portal.kernel.db import Tx, transaction

PUT = "INSERT INTO wired (n) VALUES (%(n)s)"
COUNT = "SELECT count(*) FROM wired"


@pytest.fixture(autouse=True)
def _table(engine: Engine) -> Iterator[None]:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE wired (n int PRIMARY KEY)"))
    yield
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE wired"))


def stored(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT n FROM wired ORDER BY n")).scalars())


def fails(engine: Engine, error: type[Exception], act: Callable[[Tx], object]) -> None:
    """Does it in a transaction of its own, and sees it fail in this way."""

    def attempt() -> None:
        with transaction(engine) as tx:
            act(tx)

    with pytest.raises(error):
        attempt()


def put_and_fail(tx: Tx, n: int) -> None:
    wire.later(tx, PUT, {"n": n})
    raise ZeroDivisionError


def count(tx: Tx) -> int:
    return int(wire.ask(tx, COUNT, {})[0][0])


def begun(tx: Tx) -> bool:
    """Whether the database has a transaction of this session."""
    raw: Any = tx.connection().connection.driver_connection
    return bool(raw.info.transaction_status != TransactionStatus.IDLE)
