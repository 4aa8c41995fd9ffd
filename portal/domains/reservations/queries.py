"""Reading holds together with their reservations."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from portal.domains.reservations.models import Hold, Reservation
from portal.kernel import questions, rows, wire
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from portal.kernel.pipe import Statement

CHOICES = """
SELECT id, account_id, product_id, resource_id, starts_at, ends_at, quantity, amount, currency, refund_rule_id,
       served_by, entry_id, revision
FROM holds WHERE id IN (%(hold_ids)s) ORDER BY starts_at, id
"""
# A hold and its places travel in one trip.
HOLDS = f"SELECT {rows.columns(Hold)} FROM holds WHERE {{which}} ORDER BY starts_at, id"  # noqa: S608  # our own words
TAKEN = f"""
SELECT {rows.columns(Reservation)} FROM reservations
WHERE hold_id IN (SELECT id FROM holds WHERE {{which}}) ORDER BY unit
"""  # noqa: S608  # our own words
LIVE = """
id IN (
    SELECT hold_id FROM reservations
    WHERE account_id = %(account_id)s AND status = 'PENDING' AND order_id IS NULL AND expires_at > {at}
)
"""
LIVE_AT, LIVE_NOW = LIVE.format(at="%(at)s"), LIVE.format(at="clock_timestamp()")
LIKE = f"{LIVE_NOW} AND product_id = %(product_id)s AND starts_at = %(starts_at)s AND ends_at = %(ends_at)s"
OF_ORDER = "id IN (SELECT hold_id FROM reservations WHERE order_id = %(order_id)s AND status <> 'CANCELLED')"
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


def holds(tx: Tx, hold_ids: Collection[UUID]) -> list[Hold]:
    """These holds, in the order of their times, as they are in the database now."""
    return questions.answer(tx, holds_question(tx, hold_ids)) if hold_ids else []


def holds_question(tx: Tx, hold_ids: Collection[UUID]) -> questions.Question[list[Hold]]:
    """The same for whoever has more to ask."""
    return _question(tx, *wire.each("id IN (%(hold_ids)s)", "hold_ids", hold_ids))


def hold_of(tx: Tx, account_id: UUID, hold_id: UUID) -> Hold:
    """This person's hold, in whatever state. Raises NotFound, also for somebody else's."""
    given = {"id": hold_id, "account_id": account_id}
    found = _read(tx, "id = %(id)s AND account_id = %(account_id)s", given)
    if not found:
        raise NotFound
    return found[0]


def holds_of(tx: Tx, account_id: UUID, now: datetime) -> list[Hold]:
    """What this person holds at `now` and has not ordered: the basket, in the order of the times."""
    return questions.answer(tx, holds_of_question(tx, account_id, now))


def holds_of_question(tx: Tx, account_id: UUID, now: datetime) -> questions.Question[list[Hold]]:
    """The same for whoever has more to ask."""
    return _question(tx, LIVE_AT, {"account_id": account_id, "at": now})


def live_holds(tx: Tx, account_id: UUID) -> list[Hold]:
    """The same by the database's clock, which alone decides what can still be ordered."""
    return _read(tx, LIVE_NOW, {"account_id": account_id})


def find_live(tx: Tx, like: Mapping[str, Any]) -> Hold | None:
    """The same person's live hold of the same product and time, by the database's clock; of any quantity."""
    found = _read(tx, LIKE, like)
    return found[0] if found else None


def find_by_key(tx: Tx, account_id: UUID, idempotency_key: str) -> Hold | None:
    """The hold this person made with this key."""
    given = {"account_id": account_id, "key": idempotency_key}
    found = _read(tx, "account_id = %(account_id)s AND idempotency_key = %(key)s", given)
    return found[0] if found else None


def bound(tx: Tx, order_id: UUID) -> list[Hold]:
    """The holds of an order that still have their places, ordered or confirmed."""
    return _read(tx, OF_ORDER, {"order_id": order_id})


def _read(tx: Tx, which: str, given: Mapping[str, Any]) -> list[Hold]:
    """The holds that meet the condition, with their places."""
    return questions.answer(tx, _question(tx, which, given))


def _question(tx: Tx, which: str, given: Mapping[str, Any]) -> questions.Question[list[Hold]]:
    taken = TAKEN.format(which=which), given
    return questions.Question(HOLDS.format(which=which), given, partial(_holds, tx), more=[taken])


def _holds(tx: Tx, chosen: questions.Rows, taken: questions.Rows) -> list[Hold]:
    """Guarded UPDATEs change rows behind the session's back: what it remembers is brought up to date."""
    return rows.with_parts(tx, Hold, chosen, "reservations", taken)
