"""What an order does with its holds: bind, give back, confirm, cancel.

A bound hold does not end by itself. Each change is one guarded UPDATE; repeating it changes nothing more. Rows are
locked in the order of their ids, as `changes.change` does, of which these are the written out forms: they stand in the
way of every booking, and to build such a statement anew costs more than to run it.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from portal.domains.reservations.changes import RUNNING, change
from portal.domains.reservations.errors import HoldEnded
from portal.domains.reservations.models import Hold, Reservation
from portal.domains.reservations.queries import choices, holds
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

# All or none: the places are judged once, when they are locked; where one is missing nothing is bound, and the answer
# lacks its hold.
BIND = f"""
WITH places AS (
    SELECT id, hold_id FROM reservations
    WHERE hold_id IN (%(hold_ids)s) AND account_id = %(account_id)s
      AND (order_id = %(order_id)s AND status <> 'CANCELLED' OR {RUNNING})
    ORDER BY id FOR UPDATE
), whole AS (
    SELECT hold_id AS id FROM places GROUP BY hold_id
    HAVING count(*) = (SELECT count(*) FROM reservations WHERE reservations.hold_id = places.hold_id)
), bound AS (
    UPDATE reservations SET order_id = %(order_id)s, updated_at = now()
    FROM places
    WHERE reservations.id = places.id AND order_id IS NULL AND (SELECT count(*) FROM whole) = %(wanted)s
)
SELECT id FROM whole
"""  # noqa: S608  # the rule is our own words
CONFIRM = """
WITH unpaid AS (
    SELECT id FROM reservations WHERE order_id = %(order_id)s AND status = 'PENDING' ORDER BY id FOR UPDATE
)
UPDATE reservations SET status = 'CONFIRMED', updated_at = now()
FROM unpaid
WHERE reservations.id = unpaid.id AND order_id = %(order_id)s AND status = 'PENDING'
"""
# All or none, as above; what is cancelled already stays so.
CANCEL = """
WITH places AS (
    SELECT id, hold_id FROM reservations
    WHERE hold_id IN (%(hold_ids)s) AND order_id = %(order_id)s ORDER BY id FOR UPDATE
), cancelled AS (
    UPDATE reservations SET status = 'CANCELLED', updated_at = now()
    FROM places
    WHERE reservations.id = places.id AND order_id = %(order_id)s AND status <> 'CANCELLED'
      AND (SELECT count(DISTINCT hold_id) FROM places) = %(wanted)s
)
SELECT DISTINCT hold_id FROM places
"""


def bind(tx: Tx, *, account_id: UUID, hold_ids: Collection[UUID], order_id: UUID) -> None:
    """Makes these holds the order's, all or none; `expires_at` is kept for the way back.

    Holds that the order has already may be among them. Raises NotFound for another person's hold, and HoldEnded, which
    names the holds that have run out, were let go, or went into another order.
    """
    wanted = set(hold_ids)
    if not wanted:
        return
    sql, ids = wire.each(BIND, "hold_ids", wanted)
    given = {**ids, "wanted": len(wanted), "account_id": account_id, "order_id": order_id}
    missing = wanted.difference(hold_id for (hold_id,) in wire.ask(tx, sql, given))
    if missing:
        if {one.id for one in choices(tx, wanted) if one.account_id == account_id} != wanted:
            raise NotFound
        raise HoldEnded(sorted(missing))


def unbind(tx: Tx, order_id: UUID, *, at_least: timedelta) -> list[Hold]:
    """Gives the order's unpaid places back as plain holds that last at least this long from now. Returns those."""
    until = func.greatest(Reservation.expires_at, func.clock_timestamp() + at_least)
    changed = change(tx, *_unpaid(order_id), order_id=None, expires_at=until)
    return holds(tx, list(changed))


def awaits_payment(tx: Tx, order_id: UUID) -> bool:
    """Whether the order keeps places that were never confirmed."""
    return tx.execute(select(Reservation.id).where(*_unpaid(order_id)).limit(1)).first() is not None


def confirm(tx: Tx, order_id: UUID) -> None:
    """The order is paid: its places are booked, before this transaction commits. Repeatable."""
    wire.later(tx, CONFIRM, {"order_id": order_id})


def cancel(tx: Tx, *, order_id: UUID, hold_ids: Collection[UUID]) -> None:
    """Frees these places of the order, paid or not; repeatable. Raises NotFound if one was never this order's."""
    wanted = set(hold_ids)
    if not wanted:
        return
    sql, ids = wire.each(CANCEL, "hold_ids", wanted)
    given = {**ids, "wanted": len(wanted), "order_id": order_id}
    if wanted.difference(hold_id for (hold_id,) in wire.ask(tx, sql, given)):
        raise NotFound


def _unpaid(order_id: UUID) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Reservation.order_id == order_id, Reservation.status == "PENDING"
