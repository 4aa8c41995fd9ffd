"""A DBOS process doing the six plain writes: STYLE=step in `@DBOS.step`, STYLE=datasource in its transactions.

A step writes on a psycopg connection in autocommit, the quickest there is; killed between the write and its checkpoint
it writes twice. A datasource transaction commits its checkpoint with the write, and so runs once.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dbos import DBOS, SetWorkflowID
from psycopg_pool import ConnectionPool

from benchmarks.child import obey
from benchmarks.sagas import dbos_process
from benchmarks.sagas.plain import writes

dbos_process.configure()

write: Callable[[str, Mapping[str, Any]], int]
step: Any

if dbos_process.EXACTLY_ONCE:
    datasource = dbos_process.datasource()
    step = datasource.transaction(isolation_level="READ COMMITTED")

    def write(sql: str, given: Mapping[str, Any]) -> int:
        return datasource.sql_session().connection().exec_driver_sql(sql, given).rowcount
else:
    threads = dbos_process.THREADS
    pool = ConnectionPool(dbos_process.URL, min_size=threads, max_size=threads, kwargs={"autocommit": True}, open=True)
    pool.wait()
    step = DBOS.step()

    def write(sql: str, given: Mapping[str, Any]) -> int:
        with pool.connection() as connection:
            return connection.execute(sql.encode(), given).rowcount


class TooFewPoints(Exception):
    """The account has fewer points than were to be used."""


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
    """The saga as a workflow; one run for each order number."""
    create_order(order)
    use_points(order)
    request_payment(order, f"{DBOS.workflow_id}:charge")
    accrue_points(order)
    complete_order(order)
    queue_mail(order)


def one(number: int) -> None:
    with SetWorkflowID(f"order-{number}"):
        book_and_pay(dict(writes.order(number)))


def do(first: int, count: int) -> int:
    """Runs these orders to their end."""
    return dbos_process.call_all(one, range(first, first + count))


if __name__ == "__main__":
    DBOS.launch()
    obey(do)
    DBOS.destroy()
