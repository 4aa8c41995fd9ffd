"""The staff's list of orders: what was typed is found by the beginning of a number, by a name, by an address."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text

from portal.kernel import clock
from portal.kernel.db import Tx
from portal.reports.orders import find_orders
from tests import factories

NOW = clock.now()
ORDER = text("""
    INSERT INTO orders (id, number, account_id, state, total, charge, placed_at)
    VALUES (gen_random_uuid(), :number, :account_id, :state, 0, 0, :placed_at)
""")


@pytest.fixture
def orders(tx: Tx) -> None:
    """Four orders of three people, one a minute, the last one latest."""
    minji = factories.account(tx, name="Kim Minji", email="minji@example.com")
    jun = factories.account(tx, name="이준", email="jun_lee@example.org")
    other = factories.account(tx, name="J-4K Nobody", email="junlee@example.net")
    placed = [("J-4K7Q-0001", minji, "completed"), ("J-4K7Q-0002", jun, "cancelled")]
    placed += [("J-9ZPM-0003", minji, "cancelled"), ("J-9ZPM-0004", other, "completed")]
    for number, (name, who, state) in enumerate(placed):
        given = {"number": name, "account_id": who.id, "state": state, "placed_at": NOW + timedelta(minutes=number)}
        tx.execute(ORDER, given)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", [4, 3, 2, 1]),
        ("  ", [4, 3, 2, 1]),
        ("J-9ZPM", [4, 3]),
        ("j-9zpm-0003", [3]),
        ("9ZPM", []),
        ("minji", [3, 1]),
        ("MINJI@EXAMPLE", [3, 1]),
        ("이준", [2]),
        ("준", [2]),
        ("jun_lee", [2]),
        ("j-4k", [4, 2, 1]),
        ("%", []),
        ("J-9ZPM\\", []),
        ("nobody else", []),
    ],
)
def test_what_was_typed_is_looked_up(tx: Tx, orders: None, typed: str, found: Sequence[int]) -> None:
    assert numbers(find_orders(tx, q=typed)) == found


def test_a_search_is_narrowed_by_the_state_and_has_pages(tx: Tx, orders: None) -> None:
    assert numbers(find_orders(tx, q="minji", state="cancelled")) == [3]
    assert numbers(find_orders(tx, state="cancelled")) == [3, 2]
    first = find_orders(tx, q="example", limit=3)
    assert numbers(first) == [4, 3, 2]
    assert numbers(find_orders(tx, q="example", before=(first[-1].placed_at, first[-1].id))) == [1]


def numbers(rows: Sequence[object]) -> list[int]:
    return [int(row.number[-1]) for row in rows]  # type: ignore[attr-defined]  # rows of the report
