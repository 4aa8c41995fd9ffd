"""Reading holds together with their reservations."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from portal.domains.reservations.models import Hold, Reservation
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from portal.kernel.pipe import Statement

CHOICES = """
SELECT id, account_id, product_id, resource_id, starts_at, ends_at, quantity, amount, currency, refund_rule_id,
       served_by, entry_id, revision
FROM holds WHERE id IN (%(hold_ids)s) ORDER BY starts_at, id
"""
BOUND = "SELECT DISTINCT hold_id FROM reservations WHERE order_id = %(order_id)s AND status <> 'CANCELLED'"


@dataclass(frozen=True)
class Choice:
    """What a hold is for. Nothing of it ever changes; what became of it is the hold's state."""

    id: UUID
    account_id: UUID
    product_id: UUID
    resource_id: UUID
    starts_at: datetime
    ends_at: datetime
    quantity: int
    amount: Decimal
    currency: str
    refund_rule_id: UUID | None
    served_by: str
    entry_id: UUID | None
    revision: int


def choices(tx: Tx, hold_ids: Collection[UUID]) -> list[Choice]:
    """What these holds are for, in the order of their times; cheaper than the holds with their reservations."""
    if not hold_ids:
        return []
    return [Choice(*row) for row in wire.ask(tx, *wire.each(CHOICES, "hold_ids", hold_ids))]


def bound_holds(order_id: UUID) -> Statement:
    """What asks for the ids of the holds of an order that still have their places, a row each."""
    return BOUND, {"order_id": order_id}


def holds(tx: Tx, hold_ids: Sequence[UUID]) -> list[Hold]:
    """These holds, in the order of their times, as they are in the database now."""
    return _read(tx, select(Hold).where(Hold.id.in_(hold_ids))) if hold_ids else []


def hold_of(tx: Tx, account_id: UUID, hold_id: UUID) -> Hold:
    """This person's hold, in whatever state. Raises NotFound, also for somebody else's."""
    found = _read(tx, select(Hold).where(Hold.id == hold_id, Hold.account_id == account_id))
    if not found:
        raise NotFound
    return found[0]


def holds_of(tx: Tx, account_id: UUID, now: datetime) -> list[Hold]:
    """What this person holds at `now` and has not ordered: the basket, in the order of the times."""
    return _read(tx, _live(account_id, now))


def live_holds(tx: Tx, account_id: UUID) -> list[Hold]:
    """The same by the database's clock, which alone decides what can still be ordered."""
    return _read(tx, _live(account_id, func.clock_timestamp()))


def find_live(tx: Tx, like: Mapping[str, Any]) -> Hold | None:
    """The same person's live hold of the same product and time, by the database's clock; of any quantity."""
    same = (getattr(Hold, name) == like[name] for name in ("product_id", "starts_at", "ends_at"))
    found = _read(tx, _live(like["account_id"], func.clock_timestamp()).where(*same))
    return found[0] if found else None


def find_by_key(tx: Tx, account_id: UUID, idempotency_key: str) -> Hold | None:
    """The hold this person made with this key."""
    found = _read(tx, select(Hold).where(Hold.account_id == account_id, Hold.idempotency_key == idempotency_key))
    return found[0] if found else None


def bound(tx: Tx, order_id: UUID) -> list[Hold]:
    """The holds of an order that still have their places, ordered or confirmed."""
    theirs = select(Reservation.hold_id).where(Reservation.order_id == order_id, Reservation.status != "CANCELLED")
    return _read(tx, select(Hold).where(Hold.id.in_(theirs)))


def _live(account_id: UUID, at: datetime | ColumnElement[datetime]) -> Select[Hold]:
    running = select(Reservation.hold_id).where(
        Reservation.account_id == account_id,
        Reservation.status == "PENDING",
        Reservation.order_id.is_(None),
        Reservation.expires_at > at,
    )
    return select(Hold).where(Hold.id.in_(running))


def _read(tx: Tx, query: Select[Hold]) -> list[Hold]:
    """Rows are changed by guarded UPDATEs behind the session's back, so what it remembers is read again."""
    fresh = query.order_by(Hold.starts_at, Hold.id).execution_options(populate_existing=True)
    return list(tx.execute(fresh).scalars())
