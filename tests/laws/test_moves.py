"""The database lets every record go where its domain says, and nowhere else: each pair of states is tried on a row."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.domains.moving.moves import MOVE
from portal.domains.orders.moves import ORDER, ORDER_LINE
from portal.domains.payments.moves import CHARGE, PAYMENT, REPAYMENT
from portal.domains.refunds.moves import REFUND
from portal.domains.waiting.moves import ENTRY
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.ids import new_id
from portal.kernel.moves import Moves
from tests import factories


def insert(tx: Tx, table: str, **values: Any) -> Any:
    """A row; answers its id or key."""
    names = ", ".join(values)
    given = ", ".join(f":{name}" for name in values)
    key = "key" if "key" in values else "id"
    return tx.execute(text(f"INSERT INTO {table} ({names}) VALUES ({given}) RETURNING {key}"), values).scalar_one()


def order(tx: Tx, state: str = "processing") -> Any:
    account = factories.account(tx, email=f"{new_id()}@example.com")
    money = {"total": 1000, "charge": 900, "points_used": 100, "refunded": 500, "points_returned": 50}
    return insert(tx, "orders", id=new_id(), number=str(new_id()), account_id=account.id, state=state, **money)


def line(tx: Tx, state: str) -> Any:
    sold = {"kind": "goods", "product_id": factories.goods(tx).id, "title": "Tea", "quantity": 1}
    money = {"amount": 10, "charge_share": 10}
    return insert(tx, "order_lines", id=new_id(), order_id=order(tx), position=0, state=state, **sold, **money)


def payment(tx: Tx, state: str = "paid") -> Any:
    there = {"provider": "stripe", "provider_ref": str(new_id())}
    return insert(tx, "payments", id=new_id(), order_id=order(tx), state=state, amount=900, refunded=500, **there)


def attempt(tx: Tx, state: str, kind: str) -> Any:
    return insert(tx, "payment_attempts", key=str(new_id()), payment_id=payment(tx), kind=kind, state=state, amount=900)


def refund(tx: Tx, state: str) -> Any:
    account = factories.account(tx, email=f"{new_id()}@example.com")
    why = {"reason": "ill", "decision_reason": "no", "requested_by": account.id}
    return insert(tx, "refunds", id=new_id(), order_id=order(tx), state=state, amount=900, **why)


def move(tx: Tx, state: str) -> Any:
    account = factories.account(tx, email=f"{new_id()}@example.com")
    place = factories.bookable(tx)
    when = {"starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T11:00:00Z", "quantity": 1, "amount": 900}
    of = {"account_id": account.id, "product_id": place.product.id, "resource_id": place.resource.id}
    holds = [insert(tx, "holds", id=new_id(), **of, **when) for _ in range(2)]
    there = {"line_id": line(tx, "active"), "from_hold_id": holds[0], "to_hold_id": holds[1], "refund_id": new_id()}
    said = {"number": str(new_id()), "order_id": order(tx), "requested_by": account.id, "before": 900, "after": 900}
    return insert(tx, "moves", id=new_id(), state=state, **there, **said)


def wait(tx: Tx, state: str) -> Any:
    made, now = factories.bookable(tx), clock.now()
    account = factories.account(tx, email=f"{new_id()}@example.com")
    span = {"starts_at": now + timedelta(days=2), "ends_at": now + timedelta(days=2, hours=1)}
    of = {"account_id": account.id, "product_id": made.product.id, "resource_id": made.resource.id}
    held = insert(tx, "holds", id=new_id(), amount=0, quantity=1, **of, **span)
    told = {"hold_id": held, "offer_ends_at": now, "quantity": 1}
    ended = None if state in ("waiting", "offered") else now
    return insert(tx, "waiting_entries", id=new_id(), state=state, ended_at=ended, **of, **span, **told)


@dataclass(frozen=True)
class Record:
    """A table's rows of one kind, and the moves its domain declares."""

    table: str
    moves: Moves
    make: Callable[[Tx, str], Any]
    key: str = "id"
    ended: str = ""
    """The column that is filled when a row has come to its end."""


RECORDS = {
    "orders": Record("orders", ORDER, order),
    "order lines": Record("order_lines", ORDER_LINE, line),
    "payments": Record("payments", PAYMENT, payment),
    "charges": Record("payment_attempts", CHARGE, lambda tx, state: attempt(tx, state, "charge"), "key"),
    "repayments": Record("payment_attempts", REPAYMENT, lambda tx, state: attempt(tx, state, "refund"), "key"),
    "refunds": Record("refunds", REFUND, refund),
    "bookings that move": Record("moves", MOVE, move),
    "waiting entries": Record("waiting_entries", ENTRY, wait, ended="ended_at"),
}


def states(tx: Tx, table: str) -> set[str]:
    """Every state the table knows, by its own constraint."""
    query = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"
    found = tx.execute(text(query), {"name": f"{table}_state_known_check"}).scalar_one()
    return set(re.findall(r"'(\w+)'", found))


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_a_row_goes_where_its_domain_says_and_nowhere_else(tx: Tx, record: Record) -> None:
    known = states(tx, record.table)
    assert set(record.moves) == known, "every state has its line"
    final = [state for state, line in record.moves.items() if not line]
    told = f", {record.ended} = CASE WHEN :after = ANY(:final) THEN now() END" if record.ended else ""
    update = text(f"UPDATE {record.table} SET state = :after{told} WHERE {record.key} = :key")
    given = {"final": final} if record.ended else {}
    went: dict[str, set[str]] = {}
    for before in known:
        key = record.make(tx, before)
        went[before] = {after for after in known if goes(tx, update, key=key, after=after, **given)}
    assert went == {before: {before, *after} for before, after in record.moves.items()}


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (order, "UPDATE orders SET refunded = 499 WHERE id = :key"),
        (order, "UPDATE orders SET points_returned = 0 WHERE id = :key"),
        (payment, "UPDATE payments SET refunded = refunded - 1 WHERE id = :key"),
    ],
)
def test_what_was_given_back_never_becomes_less(tx: Tx, make: Callable[[Tx], Any], change: str) -> None:
    key = make(tx)
    assert not goes(tx, text(change), key=key)
    more = re.sub(r"= (499|0|refunded - 1)", lambda found: {"499": "= 501", "0": "= 51"}.get(found[1], "= 501"), change)
    assert goes(tx, text(more), key=key)


def goes(tx: Tx, statement: Any, **given: Any) -> bool:
    """Whether the database lets it happen; afterwards it is as before."""
    saved = tx.begin_nested()
    try:
        tx.execute(statement, given)
    except DBAPIError as error:
        if "cannot" not in str(error.orig):
            raise
        return False
    finally:
        saved.rollback()
    return True
