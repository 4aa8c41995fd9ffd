"""No hot query reads more the more has been booked: each has its index, and would be missed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

import local.postgres
from portal.kernel.db import Tx, make_engine
from tests.plans.hot import HOT, Hot
from tests.plans.law import faults, tables_of
from tests.plans.page import told
from tests.plans.world import World, fill
from tests.support.database import create_database, migrate

SIZE = 20_000
"""Reservations: enough for statistics, filled in two seconds."""


@pytest.fixture(scope="module")
def house(postgres: local.postgres.Postgres) -> Iterator[tuple[Engine, World]]:
    url = create_database(postgres.url, "plans")
    migrate(url)
    engine = make_engine(url, pool_size=2)
    yield engine, fill(engine, SIZE)
    engine.dispose()


@pytest.fixture
def tx(house: tuple[Engine, World]) -> Iterator[Tx]:
    """A transaction that is never committed."""
    with Session(house[0]) as session:
        yield session
        session.rollback()


@pytest.fixture
def world(house: tuple[Engine, World]) -> World:
    return house[1]


@pytest.mark.parametrize("hot", HOT, ids=lambda hot: hot.name)
def test_a_hot_query_finds_what_it_reads_by_an_index(tx: Tx, world: World, hot: Hot) -> None:
    assert faults(tx, world, hot) == []


NEEDED = {
    "accounts_search_idx": "staff_orders_name staff_orders_number",
    "audit_entries_pkey": "staff_log",
    "mails_due_idx": "mails_due figures",
    "moves_refund_id_idx": "staff_all_refunds",
    "order_lines_order_id_position_key": "my_bookings my_past my_orders staff_orders order",
    "orders_placed_at_idx": "staff_orders",
    "payment_attempts_open_idx": "figures",
    "payment_attempts_payment_id_idx": "order",
    "payments_order_id_idx": "order",
    "points_entries_account_id_id_idx": "points",
    "refunds_created_at_idx": "staff_all_refunds",
    "refunds_state_created_at_idx": "staff_today staff_refunds",
    "reservations_hold_id_idx": "let_go book line",
    "reservations_no_overlap": "day week month next_free claim staff_closure lines",
    "reservations_order_id_idx": "book order",
    "sagas_kind_key_key": "staff_orders staff_refunds staff_sagas",
    "sagas_parked_idx": "staff_today staff_sagas figures",
    "waiting_entries_begins_idx": "lines figures",
    "waiting_entries_ended_idx": "staff_waits",
    "waiting_entries_offers_idx": "settle figures",
    "waiting_entries_once_idx": "line",
}
"""Indexes, and queries that read a table whole without them. Others have one to fall back on that is nearly as good."""


@pytest.mark.parametrize("index", NEEDED)
def test_without_its_index_the_law_is_broken(tx: Tx, world: World, index: str) -> None:
    """The planted bug: the index is dropped, in a transaction that takes it back."""
    table = tables_of(tx)[index]
    is_constraint = tx.scalar(text("SELECT count(*) FROM pg_constraint WHERE conname = :name"), {"name": index})
    tx.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {index}" if is_constraint else f"DROP INDEX {index}"))
    for hot in HOT:
        if hot.name in NEEDED[index].split():
            with tx.begin_nested() as point:
                assert faults(tx, world, hot), f"{hot.name} does not miss {index}"
                point.rollback()


def test_the_page_tells_of_every_hot_query(root: Path) -> None:
    page = (root / "docs/data-model.md").read_text()
    assert list(told(page)) == [hot.words for hot in HOT], "run: .venv/bin/python -m tests.plans"


@pytest.mark.parametrize("words", ["a search for a word", "a search with a slip of the finger"])
def test_among_ten_thousand_products_words_are_found_by_their_index_and_not_shelf_by_shelf(
    root: Path, words: str
) -> None:
    """A small house reads all of its products; of the large one there is what was measured."""
    plan = (
        (root / "docs/data-model.md").read_text().partition(f"<summary>{words}</summary>")[2].partition("</details>")[0]
    )
    assert "products_words_idx" in plan
    assert "products_listing_idx" not in plan
