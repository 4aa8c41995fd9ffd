"""What an order does with its holds: bind, give back, confirm, cancel.

A bound hold does not end by itself. Each change is one guarded UPDATE; repeating it changes nothing more.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from portal.domains.reservations.changes import change, running
from portal.domains.reservations.errors import HoldEnded
from portal.domains.reservations.models import Hold, Reservation
from portal.domains.reservations.queries import holds
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound


def bind(tx: Tx, *, account_id: UUID, hold_ids: Sequence[UUID], order_id: UUID) -> list[Hold]:
    """Makes these holds the order's, all or none; `expires_at` is kept for the way back.

    Holds that the order has already may be among them. Raises NotFound for another person's hold, and HoldEnded, which
    names the holds that have run out, were let go, or went into another order.
    """
    wanted = {hold.id: hold for hold in holds(tx, hold_ids) if hold.account_id == account_id}
    if wanted.keys() != set(hold_ids):
        raise NotFound
    missing = [id for id, hold in wanted.items() if hold.order_id != order_id]
    with tx.begin_nested():
        changed = change(tx, Reservation.hold_id.in_(missing), running(), order_id=order_id)
        ended = [id for id in missing if changed[id] < wanted[id].quantity]
        if ended:
            raise HoldEnded(ended)
    return holds(tx, hold_ids)


def unbind(tx: Tx, order_id: UUID, *, at_least: timedelta) -> list[Hold]:
    """Gives the order's unpaid places back as plain holds that last at least this long from now. Returns those."""
    until = func.greatest(Reservation.expires_at, func.clock_timestamp() + at_least)
    changed = change(tx, *_unpaid(order_id), order_id=None, expires_at=until)
    return holds(tx, list(changed))


def awaits_payment(tx: Tx, order_id: UUID) -> bool:
    """Whether the order keeps places that were never confirmed."""
    return tx.execute(select(Reservation.id).where(*_unpaid(order_id)).limit(1)).first() is not None


def confirm(tx: Tx, order_id: UUID) -> list[Hold]:
    """The order is paid: its places are booked. Returns the holds this call confirmed, so none when repeated."""
    return holds(tx, list(change(tx, *_unpaid(order_id), status="CONFIRMED")))


def cancel(tx: Tx, *, order_id: UUID, hold_ids: Sequence[UUID]) -> list[Hold]:
    """Frees these places of the order, paid or not; repeatable. Raises NotFound if one was never this order's."""
    found = holds(tx, hold_ids)
    if {hold.id for hold in found if hold.order_id == order_id} != set(hold_ids):
        raise NotFound
    change(
        tx,
        Reservation.order_id == order_id,
        Reservation.hold_id.in_(hold_ids),
        Reservation.status != "CANCELLED",
        status="CANCELLED",
    )
    return holds(tx, hold_ids)


def _unpaid(order_id: UUID) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Reservation.order_id == order_id, Reservation.status == "PENDING"
