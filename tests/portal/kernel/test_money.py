"""Money is rounded to its currency's units and shared out without losing one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.money import EXPONENTS, Money, exponent, from_minor, rounded, share_out, to_minor

CURRENCIES = st.sampled_from(sorted(EXPONENTS))
MINOR = st.integers(0, 10**10)
WEIGHTS = st.lists(st.integers(0, 10**8).map(Decimal), min_size=1, max_size=12)


def test_money_of_one_currency_adds_up() -> None:
    assert Money(Decimal(30000)) + Money(Decimal(500)) - Money(Decimal(1)) == Money(Decimal(30499), "KRW")
    assert Money(Decimal("9.99"), "USD") * 3 == Money(Decimal("29.97"), "USD")
    assert Money(Decimal(999)) * Decimal("0.5") == Money(Decimal(500))


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="KRW and USD"):
        Money(Decimal(1), "KRW") + Money(Decimal(1), "USD")
    with pytest.raises(ValueError, match="do not add up"):
        Money(Decimal(1), "KRW") - Money(Decimal(1), "USD")


def test_a_currency_we_do_not_sell_in_is_unknown() -> None:
    with pytest.raises(KeyError):
        exponent("XAU")


@pytest.mark.parametrize(
    ("amount", "currency", "whole"),
    [
        ("0.5", "KRW", "1"),
        ("0.4", "KRW", "0"),
        ("1.005", "USD", "1.01"),
        ("1.004", "USD", "1.00"),
        ("-0.5", "KRW", "-1"),
    ],
)
def test_amounts_are_rounded_half_up(amount: str, currency: str, whole: str) -> None:
    assert rounded(Decimal(amount), currency) == Decimal(whole)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"), [("30000.00", "KRW", 30000), ("12.50", "USD", 1250), ("0", "EUR", 0)]
)
def test_providers_count_in_minor_units(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor
    assert from_minor(minor, currency) == Decimal(amount)


@pytest.mark.parametrize(("amount", "currency"), [("0.5", "KRW"), ("0.005", "USD")])
def test_a_fraction_of_a_minor_unit_is_an_error(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="whole number of minor units"):
        to_minor(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        ("100", ["1", "1", "1"], ["34", "33", "33"]),
        ("100", ["2", "1"], ["67", "33"]),
        ("1", ["1", "3"], ["0", "1"]),
        ("0", ["1", "3"], ["0", "0"]),
        ("5", ["0", "0"], ["0", "0"]),
    ],
)
def test_the_largest_remainder_gets_what_is_left(amount: str, weights: list[str], parts: list[str]) -> None:
    shared = share_out(Decimal(amount), [Decimal(weight) for weight in weights], "KRW")
    assert shared == [Decimal(part) for part in parts]


@given(minor=MINOR, weights=WEIGHTS, currency=CURRENCIES)
def test_parts_add_up_and_each_is_within_one_unit_of_its_fair_share(
    minor: int, weights: list[Decimal], currency: str
) -> None:
    amount, unit = from_minor(minor, currency), from_minor(1, currency)
    parts = share_out(amount, weights, currency)
    total = sum(weights, Decimal(0))
    assert sum(parts) == (amount if total else 0)
    for part, weight in zip(parts, weights, strict=True):
        to_minor(part, currency)  # raises for a part that is no whole unit
        assert not total or abs(part * total - amount * weight) < unit * total
        assert weight or part == 0


@given(minor=MINOR, weights=WEIGHTS)
def test_no_part_of_points_is_more_than_the_line_it_pays_for(minor: int, weights: list[Decimal]) -> None:
    total = sum(weights, Decimal(0))
    points = min(Decimal(minor), total)
    for part, weight in zip(share_out(points, weights, "KRW"), weights, strict=True):
        assert 0 <= part <= weight
