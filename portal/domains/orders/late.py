"""The steps of late money that belong to the order: book again what was given back, give it up again, note a return."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import update

from portal.domains import audit, catalog, reservations
from portal.domains.orders.booking import lines_of, move
from portal.domains.orders.lines import by_product
from portal.domains.orders.models import Order, OrderLine
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.steps import function

GONE = (
    reservations.SlotTaken,
    reservations.NotBookable,
    reservations.BookedMeanwhile,
    catalog.OutOfStock,
)


@function("order", "the same places and goods are the order's again", GONE)
def book_again(tx: Tx, key: str, order_id: UUID, account_id: UUID, *, now: datetime | None = None) -> dict[str, Any]:
    """Book again: all of it or nothing, at the prices of then. A cancelled order goes on as one that is being paid."""
    lines = lines_of(tx, order_id)
    wanted = [line.hold_id for line in lines if line.hold_id]
    places = reservations.take_again(
        tx, account_id=account_id, order_id=order_id, hold_ids=wanted, now=now or clock.now()
    )
    for line in sorted(lines, key=by_product):
        if line.hold_id:
            _place(tx, order_id, line.position, places[line.hold_id])
        else:
            catalog.take_stock(tx, f"{key}:{line.position}", line.product_id, line.quantity)
    move(tx, order_id, {"cancelled"}, state="processing")
    audit.record(tx, None, "late.booked", "order", order_id)
    return {"lines": len(lines)}


@function("order", "order cancelled as before; places and stock free", name="give up again")
def give_up_again(tx: Tx, done_key: str, order_id: UUID) -> None:
    """Give up again: nobody waits for these places, so they are free at once; what came from the customer's basket
    returns there. Bears being run when nothing was booked."""
    for line in sorted(lines_of(tx, order_id), key=by_product):
        if line.kind == "goods":
            catalog.return_taken_stock(tx, f"{done_key}:{line.position}")
    reservations.unbind(tx, order_id, at_least=timedelta(0))
    move(tx, order_id, {"processing", "cancelled"}, state="cancelled")


@function("order", "what came back is noted on the order, which stays cancelled")
def note_return(tx: Tx, order_id: UUID, amount: Decimal) -> dict[str, Any]:
    """Note return: the late money went back whole."""
    move(tx, order_id, {"cancelled"}, refunded=Order.refunded + amount)
    return {"amount": str(amount)}


def _place(tx: Tx, order_id: UUID, position: int, hold_id: UUID) -> None:
    """The line's place is kept by this hold now."""
    tx.execute(
        update(OrderLine)
        .where(OrderLine.order_id == order_id, OrderLine.position == position)
        .values(hold_id=hold_id)
        .execution_options(synchronize_session=False)
    )
