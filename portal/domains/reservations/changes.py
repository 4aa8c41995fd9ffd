"""How reservations change: one guarded UPDATE that looks at what it changed."""

from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from portal.domains.reservations.models import Reservation
from portal.kernel.db import Tx

RUNNING = "status = 'PENDING' AND order_id IS NULL AND expires_at > clock_timestamp()"
"""`running()`, for statements that are written out."""
KEPT = f"(status = 'CONFIRMED' OR status = 'PENDING' AND order_id IS NOT NULL OR {RUNNING})"
"""`kept()`, for statements that are written out."""


def lapsed() -> ColumnElement[bool]:
    """A hold that no order has and whose time is over, by the database's own clock at this moment."""
    return and_(waiting(), Reservation.expires_at <= func.clock_timestamp())


def running() -> ColumnElement[bool]:
    """A hold that no order has and whose time still runs, by the database's own clock at this moment."""
    return and_(waiting(), Reservation.expires_at > func.clock_timestamp())


def waiting() -> ColumnElement[bool]:
    """A hold that no order has, run out or not."""
    return and_(Reservation.status == "PENDING", Reservation.order_id.is_(None))


def kept() -> ColumnElement[bool]:
    """The place is not for others: confirmed, in an order, or held."""
    ordered = and_(Reservation.status == "PENDING", Reservation.order_id.is_not(None))
    return or_(Reservation.status == "CONFIRMED", ordered, running())


def change(tx: Tx, *guards: ColumnElement[bool], **values: Any) -> Counter[UUID]:
    """Changes the rows that meet all guards; answers how many rows of which hold.

    Rows are locked in the order of their ids, so that two changes of the same holds queue instead of blocking each
    other; after a wait the guards are judged again, so only one of two racers finds them true.
    """
    chosen = select(Reservation.id).where(*guards).order_by(Reservation.id).with_for_update()
    changed = (
        update(Reservation)
        .where(Reservation.id.in_(chosen), *guards)
        .values(**values)
        .returning(Reservation.hold_id)
        .execution_options(synchronize_session=False)
    )
    return Counter(tx.execute(changed).scalars())
