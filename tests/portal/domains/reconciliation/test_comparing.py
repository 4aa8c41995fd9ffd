"""One movement against our books, as a table."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from portal.domains.payments import Movement
from portal.domains.reconciliation.comparing import Ours, compare

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def there(kind: Any, status: Any, amount: int = 40_000) -> Movement:
    return Movement(kind, "there-1", "there-1", Decimal(amount), "KRW", AT, status)


def here(state: str, amount: int = 40_000) -> Ours:
    return Ours(state, Decimal(amount), "KRW", "J-1", AT, "there-1", "key-1")


@pytest.mark.parametrize(
    ("moved", "ours", "kind"),
    [
        (there("charge", "paid"), here("paid"), None),
        (there("charge", "paid"), None, "charge_unknown_here"),
        (there("charge", "paid"), here("sent"), "charge_in_doubt_here"),
        (there("charge", "paid"), here("action_needed"), "charge_in_doubt_here"),
        (there("charge", "paid"), here("unknown"), "charge_in_doubt_here"),
        (there("charge", "paid"), here("refused"), "charge_given_up_here"),
        (there("charge", "paid"), here("cancelled"), "charge_given_up_here"),
        (there("charge", "paid"), here("paid", 39_999), "amount_differs"),
        (there("repayment", "done"), here("done"), None),
        (there("repayment", "done"), here("pending"), None),
        (there("repayment", "pending"), here("done"), None),
        (there("repayment", "done"), None, "refund_unknown_here"),
        (there("repayment", "failed"), None, None),
        (there("repayment", "failed"), here("failed"), None),
        (there("repayment", "failed"), here("returned"), "refund_failed_there"),
        (there("repayment", "failed"), here("done"), "refund_failed_there"),
        (there("repayment", "failed"), here("pending"), "refund_failed_there"),
        (there("repayment", "done"), here("unknown"), "refund_in_doubt_here"),
        (there("repayment", "done"), here("failed"), "refund_in_doubt_here"),
        (there("repayment", "done"), here("done", 1), "amount_differs"),
    ],
)
def test_a_movement_against_our_books(moved: Movement, ours: Ours | None, kind: str | None) -> None:
    assert compare(moved, ours) == kind
