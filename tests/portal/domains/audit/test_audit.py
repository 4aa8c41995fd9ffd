"""The log of who did what: found again by subject, person and kind of act, and never changed."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.domains import audit
from portal.kernel.db import Tx
from portal.kernel.ids import new_id

ANNA, BERT = UUID(int=1), UUID(int=2)


@pytest.fixture
def log(tx: Tx) -> Tx:
    audit.record(tx, ANNA, "refund.approved", "order", "J-1", amount="30000")
    audit.record(tx, BERT, "refund.rejected", "order", "J-2", reason="late")
    audit.record(tx, None, "saga.parked", "order", "J-1")
    audit.record(tx, ANNA, "product.edited", "product", "J-1")
    tx.flush()
    return tx


def actions(entries: list[audit.AuditEntry]) -> list[str]:
    return [entry.action for entry in entries]


def test_what_was_done_to_a_thing_is_found_the_latest_first(log: Tx) -> None:
    found = audit.entries_about(log, "order", "J-1")
    assert [(entry.actor_id, entry.action) for entry in found] == [(None, "saga.parked"), (ANNA, "refund.approved")]
    assert found[1].details == {"amount": "30000"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["product.edited", "saga.parked", "refund.rejected", "refund.approved"]),
        ({"actor_id": ANNA}, ["product.edited", "refund.approved"]),
        ({"action": "refund.approved"}, ["refund.approved"]),
        ({"action": "refund"}, []),
        ({"action": "refund."}, ["refund.rejected", "refund.approved"]),
        ({"action": "refund.", "actor_id": BERT}, ["refund.rejected"]),
        ({"action": "%."}, []),
        ({"limit": 1}, ["product.edited"]),
    ],
)
def test_what_happened_lately_is_filtered(log: Tx, asked: dict[str, object], found: list[str]) -> None:
    assert actions(audit.recent(log, **asked)) == found  # type: ignore[arg-type]  # a table of keywords


def test_pages_follow_each_other_without_gap(log: Tx) -> None:
    first = audit.recent(log, limit=3)
    assert actions(audit.recent(log, limit=3, before=first[-1].id)) == ["refund.approved"]


def test_ids_amounts_and_times_in_the_details_become_text(tx: Tx) -> None:
    when, what = datetime(2026, 12, 1, tzinfo=UTC), new_id()
    audit.record(tx, ANNA, "price.set", "product", what, amount=Decimal("12.50"), at=when, old=None, rows=3)
    entry = audit.entries_about(tx, "product", what)[0]
    tx.refresh(entry)
    assert entry.details == {"amount": "12.50", "at": "2026-12-01 00:00:00+00:00", "old": None, "rows": 3}


@pytest.mark.parametrize("change", ["UPDATE audit_entries SET actor_id = NULL", "DELETE FROM audit_entries"])
def test_no_entry_is_changed_or_removed(log: Tx, change: str) -> None:
    with pytest.raises(IntegrityError, match="appended to, never changed"), log.begin_nested():
        log.execute(text(change))
