"""A DBOS process doing the real payment saga: the same front-door functions in the same order, one step each.

STYLE=step: each function in a transaction of its own inside `@DBOS.step`; the charge, which needs two commits before
the money moves, is one step, because fewer checkpoints are quicker. STYLE=datasource: local functions in datasource
transactions.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from dbos import DBOS, SetWorkflowID
from sqlalchemy.orm import Session

from benchmarks.child import obey
from benchmarks.sagas import dbos_process
from benchmarks.sagas.real.checkout import check_out
from benchmarks.sagas.real.gateway import YesGateway
from portal.domains import orders, payments, points
from portal.kernel import clock, sagas
from portal.kernel.db import Tx, make_engine, transaction
from workers.engine.definition import parameters

payments.plug(YesGateway())
engine = make_engine(dbos_process.URL, pool_size=dbos_process.THREADS)
dbos_process.configure()

step: Any
if dbos_process.EXACTLY_ONCE:
    datasource = dbos_process.datasource()
    step = datasource.transaction(isolation_level="READ COMMITTED")

    def in_step() -> AbstractContextManager[Session]:
        return nullcontext(datasource.sql_session())
else:
    step = DBOS.step()

    def in_step() -> AbstractContextManager[Session]:
        return transaction(engine)


class NoEngine:
    """In place of our engine: remembers what the checkout hands over, for DBOS to run."""

    def begin(self, tx: Tx, kind: str, key: str, command: Mapping[str, Any]) -> UUID:
        tx.info["command"] = dict(command)
        return uuid4()


@dataclass
class Call:
    """What the charge needs of whoever runs it. DBOS has no fence, so a plain transaction has to do."""

    key: str
    first_sent_at: datetime
    age: float = 0.0
    fresh: bool = True

    def fenced(self) -> AbstractContextManager[Session]:
        return transaction(engine)


def local(function: Callable[..., Any]) -> Callable[[dict[str, Any], str], Any]:
    """The front-door function as a step."""

    def run(command: dict[str, Any], key: str) -> Any:
        with in_step() as tx:
            return _call(function, command, tx=tx, key=key)

    run.__qualname__ = run.__name__ = function.__qualname__.replace(".", "_")
    return step(run)


look_up_order = local(orders.look_up)
create_order = local(orders.create)
look_up_points = local(points.look_up)
use_points = local(points.use)
accrue_points = local(points.accrue)
complete_order = local(orders.complete)
send_mail = local(orders.mail_confirmation)


@DBOS.step()
def request_payment(command: dict[str, Any], key: str) -> Any:
    charge = payments.charge
    with transaction(engine) as tx:
        _call(charge.intend, command, tx=tx, key=key)
    answer = _call(charge.send, command, call=Call(key, clock.now()), key=key)
    with transaction(engine) as tx:
        _call(charge.record, command, tx=tx, key=key, answer=answer)
    return dict(answer.output)


@DBOS.workflow()
def book_and_pay(command: dict[str, Any]) -> None:
    """The saga as a workflow; one run for each order."""
    key = DBOS.workflow_id
    look_up_order(command, f"{key}:look up order")
    create_order(command, f"{key}:create order")
    look_up_points(command, f"{key}:look up points")
    use_points(command, f"{key}:use points")
    request_payment(command, f"{key}:charge:1")
    accrue_points(command, f"{key}:accrue points")
    complete_order(command, f"{key}:complete order")
    send_mail(command, f"{key}:send e-mail")


def _call(function: Callable[..., Any], command: Mapping[str, Any], **given: Any) -> Any:
    return function(**{name: given[name] if name in given else command[name] for name in parameters(function)})


def one(order: tuple[str, str]) -> None:
    with transaction(engine) as tx:
        check_out(tx, *order)
        command = tx.info["command"]
    with SetWorkflowID(command["number"]):
        book_and_pay(command)


def do(orders: list[tuple[str, str]]) -> int:
    """Checks out and runs these orders to their end."""
    return dbos_process.call_all(one, orders)


if __name__ == "__main__":
    sagas.plug(NoEngine())  # type: ignore[arg-type]  # nobody asks it anything else here
    DBOS.launch()
    obey(do)
    DBOS.destroy()
