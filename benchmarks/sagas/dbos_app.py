"""A DBOS process: four threads call the workflow directly, the mode in which DBOS is quickest.

STYLE=step: writes in `@DBOS.step`, each on a connection of a psycopg pool in autocommit (a step may run twice).
STYLE=datasource: writes in datasource transactions, whose checkpoint commits with the write (exactly once).
"""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID, SQLAlchemyDatasource
from psycopg_pool import ConnectionPool

from benchmarks.child import obey
from benchmarks.sagas import writes

THREADS = 4
URL = os.environ["DATABASE_URL"]


class TooFewPoints(Exception):
    """The account has fewer points than were to be used."""


def _in_steps() -> Callable[[str, Mapping[str, Any]], int]:
    pool = ConnectionPool(URL, min_size=THREADS, max_size=THREADS, kwargs={"autocommit": True}, open=True)
    pool.wait()

    def write(sql: str, given: Mapping[str, Any]) -> int:
        with pool.connection() as connection:
            return connection.execute(sql, given).rowcount

    return write


def _in_transactions(datasource: SQLAlchemyDatasource) -> Callable[[str, Mapping[str, Any]], int]:
    def write(sql: str, given: Mapping[str, Any]) -> int:
        return datasource.sql_session().connection().exec_driver_sql(sql, given).rowcount

    return write


DBOS(
    config=DBOSConfig(
        name="bench",
        system_database_url=URL,
        executor_id=os.environ["EXECUTOR"],
        application_version="1",
        log_level="ERROR",
        sys_db_pool_size=THREADS * 2,
        max_executor_threads=THREADS * 2,
        use_listen_notify=os.environ.get("LISTEN_NOTIFY") != "no",
    )
)

if os.environ["STYLE"] == "datasource":
    datasource = SQLAlchemyDatasource.create(URL, engine_kwargs={"pool_size": THREADS, "max_overflow": THREADS})
    step: Any = datasource.transaction(isolation_level="READ COMMITTED")
    write = _in_transactions(datasource)
else:
    step = DBOS.step()
    write = _in_steps()


@step
def create_order(order: Mapping[str, Any]) -> None:
    write(writes.CREATE_ORDER, order)


@step
def use_points(order: Mapping[str, Any]) -> None:
    if write(writes.USE_POINTS, order) == 0:
        raise TooFewPoints


@step
def request_payment(order: Mapping[str, Any], key: str) -> None:
    write(writes.RECORD_PAYMENT, {**order, "key": key, "reference": writes.charge(key)})


@step
def accrue_points(order: Mapping[str, Any]) -> None:
    write(writes.ACCRUE_POINTS, order)


@step
def complete_order(order: Mapping[str, Any]) -> None:
    write(writes.COMPLETE_ORDER, order)


@step
def queue_mail(order: Mapping[str, Any]) -> None:
    write(writes.QUEUE_MAIL, order)


@DBOS.workflow()
def book_and_pay(order: dict[str, Any]) -> None:
    create_order(order)
    use_points(order)
    request_payment(order, f"{DBOS.workflow_id}:charge")
    accrue_points(order)
    complete_order(order)
    queue_mail(order)


def do(first: int, count: int) -> int:
    """Runs `count` workflows to their end on four threads."""

    def one(number: int) -> None:
        with SetWorkflowID(f"order-{number}"):
            book_and_pay(dict(writes.order(number)))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(first, first + count)))
    return count


if __name__ == "__main__":
    DBOS.launch()
    obey(do)
    DBOS.destroy()
