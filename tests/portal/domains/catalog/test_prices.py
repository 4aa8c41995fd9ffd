"""Prices through time: one at every moment, none overlapping, nothing rewritten."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from portal.domains import audit, catalog
from portal.domains.catalog import Price
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid, NotFound
from tests import factories

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)


def schedule(tx: Tx, product_id: UUID, amount: int, starts: int = 0, ends: int | None = None) -> Price:
    """A price from and to so many days from NOW."""
    ends_at = None if ends is None else NOW + ends * DAY
    return catalog.schedule_price(
        tx,
        product_id,
        amount=Decimal(amount),
        unit="booking",
        starts_at=NOW + starts * DAY,
        ends_at=ends_at,
        reason="Test",
        now=NOW,
    )


def told(tx: Tx, product_id: UUID, days: range) -> list[int | None]:
    """What the product costs at the end of each of these days from NOW."""
    prices = [catalog.price_at(tx, product_id, NOW + day * DAY + 0.9 * DAY) for day in days]
    return [int(price.amount) if price else None for price in prices]


def test_a_new_price_ends_the_open_one_at_its_start(tx: Tx) -> None:
    product = factories.product(tx)
    schedule(tx, product.id, 100)
    schedule(tx, product.id, 200, starts=2)
    assert told(tx, product.id, range(-1, 4)) == [None, 100, 100, 200, 200]
    boundary = catalog.price_at(tx, product.id, NOW + 2 * DAY)
    assert boundary is not None
    assert boundary.amount == 200


def test_a_price_for_a_while_lets_the_old_one_come_back(tx: Tx) -> None:
    product = factories.product(tx)
    schedule(tx, product.id, 100)
    schedule(tx, product.id, 50, starts=1, ends=3)
    assert told(tx, product.id, range(5)) == [100, 50, 50, 100, 100]
    schedule(tx, product.id, 80, starts=4)
    assert told(tx, product.id, range(6)) == [100, 50, 50, 100, 80, 80]


@pytest.mark.parametrize(("starts", "ends"), [(1, None), (1, 4), (2, None), (2, 3)])
def test_a_price_in_the_way_is_named_and_not_overwritten(tx: Tx, starts: int, ends: int | None) -> None:
    product = factories.product(tx)
    schedule(tx, product.id, 100)
    schedule(tx, product.id, 200, starts=2)
    with pytest.raises(Invalid) as caught:
        schedule(tx, product.id, 300, starts, ends)
    assert list(caught.value.faults) == ["starts_at"]
    assert "₩200" in str(caught.value)
    if starts == 1:
        assert "Thu 3 Dec 2026, 12:00 (KST)" in str(caught.value)
    assert told(tx, product.id, range(4)) == [100, 100, 200, 200]


def test_a_price_may_fill_the_time_before_a_scheduled_one(tx: Tx) -> None:
    product = factories.product(tx)
    schedule(tx, product.id, 200, starts=2)
    schedule(tx, product.id, 100, starts=0, ends=2)
    assert told(tx, product.id, range(4)) == [100, 100, 200, 200]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Decimal("-1")}, "amount"),
        ({"amount": Decimal("0.5")}, "amount"),
        ({"unit": "piece"}, "unit"),
        ({"unit": "week"}, "unit"),
        ({"currency": "XXX"}, "currency"),
        ({"reason": "x" * 201}, "reason"),
        ({"starts_at": NOW - timedelta(seconds=1)}, "starts_at"),
        ({"ends_at": NOW}, "ends_at"),
    ],
)
def test_a_faulty_price_names_its_field(tx: Tx, change: dict[str, object], field: str) -> None:
    product = factories.product(tx)
    given: dict[str, object] = {"amount": Decimal(100), "unit": "booking", "now": NOW, **change}
    with pytest.raises(Invalid) as caught:
        catalog.schedule_price(tx, product.id, **given)  # type: ignore[arg-type]  # faulty on purpose
    assert list(caught.value.faults) == [field]
    assert catalog.price_history(tx, product.id) == []


def test_a_change_needs_a_reason_the_first_price_does_not(tx: Tx) -> None:
    product = factories.product(tx)
    given: dict[str, Any] = {"unit": "booking", "now": NOW}
    catalog.schedule_price(tx, product.id, amount=Decimal(100), **given)
    with pytest.raises(Invalid) as caught:
        catalog.schedule_price(tx, product.id, amount=Decimal(200), starts_at=NOW + DAY, reason=" ", **given)
    assert list(caught.value.faults) == ["reason"]
    later = schedule(tx, product.id, 200, starts=1)
    with pytest.raises(Invalid) as caught:
        catalog.cancel_price(tx, later.id, reason="", now=NOW)
    assert list(caught.value.faults) == ["reason"]
    assert told(tx, product.id, range(2)) == [100, 200]
    catalog.cancel_price(tx, later.id, reason="Too dear", now=NOW)
    entry = audit.entries_about(tx, "product", product.id)[0]
    assert (entry.action, entry.details["reason"]) == ("price.cancelled", "Too dear")


def test_goods_are_priced_by_the_piece_only(tx: Tx) -> None:
    towel = factories.product(tx, kind="goods", name="Towel")
    with pytest.raises(Invalid) as caught:
        schedule(tx, towel.id, 100)
    assert list(caught.value.faults) == ["unit"]


def test_the_history_says_who_set_what_and_why(tx: Tx) -> None:
    staff, product = factories.account(tx, roles=("catalog",)), factories.product(tx)
    schedule(tx, product.id, 100)
    catalog.schedule_price(
        tx,
        product.id,
        amount=Decimal(120),
        unit="person",
        starts_at=NOW + DAY,
        reason="New kiln",
        set_by=staff.id,
        now=NOW,
    )
    latest, first = catalog.price_history(tx, product.id)
    assert (latest.amount, latest.reason, latest.set_by, latest.valid.upper) == (120, "New kiln", staff.id, None)
    assert (first.amount, first.valid.upper) == (100, NOW + DAY)
    assert audit.entries_about(tx, "product", product.id)[0].action == "price.scheduled"


def test_a_price_that_has_not_begun_can_be_taken_back(tx: Tx) -> None:
    product = factories.product(tx)
    schedule(tx, product.id, 100)
    later = schedule(tx, product.id, 200, starts=2)
    catalog.cancel_price(tx, later.id, reason="Test", now=NOW)
    assert told(tx, product.id, range(4)) == [100, 100, 100, 100]
    assert len(catalog.price_history(tx, product.id)) == 1


def test_a_price_that_has_begun_stays(tx: Tx) -> None:
    product = factories.product(tx)
    price = schedule(tx, product.id, 100)
    with pytest.raises(catalog.PriceHasBegun):
        catalog.cancel_price(tx, price.id, reason="Test", now=NOW)
    assert told(tx, product.id, range(1)) == [100]


def test_what_does_not_exist_is_not_found(tx: Tx) -> None:
    with pytest.raises(NotFound):
        schedule(tx, uuid4(), 100)
    with pytest.raises(NotFound):
        catalog.cancel_price(tx, uuid4(), reason="Test", now=NOW)
