"""Rates through time: what is asked at a moment, one of a rank, nothing rewritten, every change with its reason."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.domains import audit, catalog
from portal.domains.catalog import PriceRate, RateFields
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid, NotFound
from tests import factories

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)
WEEKEND = RateFields(1, frozenset({5, 6}), percent=20)
SATURDAY, TUESDAY = (datetime(2026, 12, day, 10, tzinfo=ZoneInfo("Asia/Seoul")) for day in (5, 8))


def schedule(tx: Tx, product_id: UUID, fields: RateFields = WEEKEND, **more: Any) -> PriceRate:
    return catalog.schedule_rate(tx, product_id, fields, **{"reason": "Demand", "now": NOW, **more})


def saturday(tx: Tx, product_id: UUID, at: datetime = NOW) -> int:
    """What a Saturday costs for who books at this moment; all readers must agree."""
    found = catalog.price_at(tx, product_id, at)
    assert found
    assert catalog.offers(tx, [product_id], at)[product_id].price == found
    listed = {one.product.id: one.price for one in catalog.staff_products(tx, now=at).items}
    assert listed[product_id] == found
    return int(catalog.price_for(found, SATURDAY).amount)


def test_a_rate_counts_from_its_beginning_to_its_end_for_who_books_then(tx: Tx) -> None:
    product = factories.bookable(tx, amount=1000).product
    schedule(tx, product.id, starts_at=NOW + DAY, ends_at=NOW + 3 * DAY)
    assert [saturday(tx, product.id, NOW + n * DAY) for n in range(4)] == [1000, 1200, 1200, 1000]
    found = catalog.price_at(tx, product.id, NOW + DAY)
    assert found
    assert catalog.price_for(found, TUESDAY).amount == 1000


def test_the_lowest_number_counts(tx: Tx) -> None:
    product = factories.bookable(tx, amount=1000).product
    schedule(tx, product.id, replace(WEEKEND, rank=2))
    assert saturday(tx, product.id) == 1200
    schedule(tx, product.id, RateFields(1, amount=Decimal(700), first=date(2026, 12, 5), last=date(2026, 12, 5)))
    assert saturday(tx, product.id) == 700
    assert saturday(tx, factories.bookable(tx, amount=900).product.id) == 900, "others keep their price"


def test_two_of_one_number_are_refused_and_the_database_refuses_them_too(tx: Tx) -> None:
    product = factories.bookable(tx).product
    schedule(tx, product.id, starts_at=NOW + DAY)
    with pytest.raises(Invalid) as caught:
        schedule(tx, product.id)
    assert list(caught.value.faults) == ["rank"]
    assert "2 is free" in str(caught.value)
    assert "Wed 2 Dec 2026, 12:00 (KST)" in str(caught.value)
    schedule(tx, product.id, ends_at=NOW + DAY)
    copy = text("""INSERT INTO price_rates (id, product_id, rank, weekdays, minutes, percent, valid, reason)
        SELECT gen_random_uuid(), product_id, rank, weekdays, minutes, percent, valid, reason
        FROM price_rates LIMIT 1""")
    with pytest.raises(IntegrityError, match="price_rates_one_of_a_rank"):
        tx.execute(copy)


@pytest.mark.parametrize(
    ("change", "more", "field"),
    [
        ({"rank": 0}, {}, "rank"),
        ({"rank": 21}, {}, "rank"),
        ({"weekdays": frozenset()}, {}, "weekdays"),
        ({"weekdays": frozenset({7})}, {}, "weekdays"),
        ({"since": -1}, {}, "since"),
        ({"since": 1440, "until": 1500}, {}, "since"),
        ({"since": 600, "until": 600}, {}, "until"),
        ({"since": 600, "until": 540}, {}, "until"),
        ({"since": 600, "until": 2041}, {}, "until"),
        ({"first": date(2026, 7, 1)}, {}, "last"),
        ({"last": date(2026, 7, 1)}, {}, "first"),
        ({"yearly": True}, {}, "first"),
        ({"first": date(2026, 7, 2), "last": date(2026, 7, 1)}, {}, "last"),
        ({"percent": None}, {}, "percent"),
        ({"percent": 0}, {}, "percent"),
        ({"percent": -101}, {}, "percent"),
        ({"percent": 1001}, {}, "percent"),
        ({"amount": Decimal(5)}, {}, "amount"),
        ({"percent": None, "amount": Decimal("0.5")}, {}, "amount"),
        ({"percent": None, "amount": Decimal(-1)}, {}, "amount"),
        ({}, {"reason": "  "}, "reason"),
        ({}, {"starts_at": NOW - timedelta(seconds=1)}, "starts_at"),
        ({}, {"ends_at": NOW}, "ends_at"),
    ],
)
def test_a_fault_names_its_field_and_nothing_is_set(
    tx: Tx, change: dict[str, Any], more: dict[str, Any], field: str
) -> None:
    product = factories.bookable(tx).product
    with pytest.raises(Invalid) as caught:
        schedule(tx, product.id, replace(WEEKEND, **change), **more)
    assert list(caught.value.faults) == [field]
    assert catalog.rate_history(tx, product.id) == []


def test_goods_have_no_times(tx: Tx) -> None:
    with pytest.raises(Invalid):
        schedule(tx, factories.goods(tx).id)


def test_ending_keeps_what_was_and_says_why(tx: Tx) -> None:
    staff, product = factories.account(tx, roles=("catalog",)), factories.bookable(tx, amount=1000).product
    rate = schedule(tx, product.id, set_by=staff.id)
    later = schedule(tx, product.id, replace(WEEKEND, rank=2, percent=90), starts_at=NOW + 9 * DAY)
    with pytest.raises(Invalid) as caught:
        catalog.end_rate(tx, rate.id, reason="", now=NOW + DAY)
    assert list(caught.value.faults) == ["reason"]
    catalog.end_rate(tx, rate.id, reason="Enough", now=NOW + DAY, by=staff.id)
    catalog.end_rate(tx, later.id, reason="Never mind", now=NOW + DAY, by=staff.id)
    assert [saturday(tx, product.id, NOW + n * DAY) for n in (0, 1, 10)] == [1200, 1000, 1000]
    (kept,) = catalog.rate_history(tx, product.id)
    assert (kept.ended_by, kept.ended_why, kept.valid.upper) == (staff.id, "Enough", NOW + DAY)
    with pytest.raises(catalog.RateIsOver):
        catalog.end_rate(tx, rate.id, reason="Again", now=NOW + DAY)
    entries = audit.entries_about(tx, "product", product.id)
    assert [(e.action, e.details["reason"]) for e in entries[:2]] == [
        ("rate.ended", "Never mind"),
        ("rate.ended", "Enough"),
    ]
    with pytest.raises(NotFound):
        catalog.end_rate(tx, uuid4(), reason="x", now=NOW)


def test_an_amount_in_another_currency_than_the_price_rests(tx: Tx) -> None:
    product = factories.bookable(tx, amount=1000).product
    schedule(tx, product.id, RateFields(1, amount=Decimal(5)), currency="EUR")
    assert saturday(tx, product.id) == 1000
