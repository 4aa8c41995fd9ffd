"""What a price comes to, and what may be written into the catalog's rows."""

from decimal import Decimal

import pytest

from portal.domains.catalog import Tag, rules
from portal.kernel.fields import Faults
from portal.kernel.money import Money


@pytest.mark.parametrize(
    ("unit", "quantity", "minutes", "total"),
    [
        ("booking", 1, 60, 10_000),
        ("booking", 4, 120, 10_000),
        ("person", 1, 60, 10_000),
        ("person", 4, 120, 40_000),
        ("half_hour", 1, 30, 10_000),
        ("half_hour", 1, 31, 20_000),
        ("half_hour", 3, 90, 90_000),
        ("hour", 1, 60, 10_000),
        ("hour", 1, 61, 20_000),
        ("hour", 2, 150, 60_000),
        ("piece", 7, 0, 70_000),
    ],
)
def test_a_total_counts_what_the_price_is_for(unit: str, quantity: int, minutes: int, total: int) -> None:
    price = Tag(Decimal(10_000), "KRW", unit)
    assert rules.total_for(price, quantity=quantity, minutes=minutes, starts=None) == Money(Decimal(total), "KRW")


def test_a_total_keeps_cents() -> None:
    assert rules.total_for(
        Tag(Decimal("12.35"), "EUR", "person"), quantity=3, minutes=0, starts=None
    ).amount == Decimal("37.05")


@pytest.mark.parametrize(
    ("amount", "currency", "field"),
    [
        ("-1", "KRW", "amount"),
        ("1000000001", "KRW", "amount"),
        ("99.5", "KRW", "amount"),
        ("9.999", "EUR", "amount"),
        ("NaN", "KRW", "amount"),
        ("Infinity", "KRW", "amount"),
        ("10", "XAU", "currency"),
        ("0", "KRW", None),
        ("1000000000", "KRW", None),
        ("9.99", "EUR", None),
        ("30000.00", "KRW", None),
    ],
)
def test_an_amount_is_whole_bounded_money(amount: str, currency: str, field: str | None) -> None:
    faults = Faults()
    rules.check_amount(faults, Decimal(amount), currency)
    assert list(faults.found) == ([field] if field else [])


@pytest.mark.parametrize(
    ("attributes", "good"),
    [
        ({"Size": "40 m²", "Seats": 8, "Daylight": True}, True),
        ({}, True),
        ({"": "x"}, False),
        ({"a" * 41: "x"}, False),
        ({"Size": "x" * 201}, False),
        ({"Size": None}, False),
        ({"Size": {"deep": 1}}, False),
        ({f"n{i}": i for i in range(41)}, False),
    ],
)
def test_attributes_are_small_facts(attributes: dict[str, object], good: bool) -> None:
    faults = Faults()
    kept = rules.check_attributes(faults, attributes)
    assert (not faults.found) is good
    if good:
        assert kept == attributes
