"""What may be written as a refund rule, and where a fault is told."""

from decimal import Decimal

import pytest

from portal.domains.catalog.refund_terms import RefundTerms, Tier, TypedTier, check_terms
from portal.kernel.fields import Faults


def checked(
    *tiers: TypedTier, refundable: bool = True, fee: str | None = None, percent: int | None = None
) -> tuple[RefundTerms, list[str]]:
    faults = Faults()
    amount = Decimal(fee) if fee is not None else None
    terms = check_terms(faults, refundable=refundable, tiers=tiers, fee=amount, fee_percent=percent, currency="KRW")
    return terms, list(faults.found)


def test_tiers_may_be_written_in_any_order_with_empty_rows_between() -> None:
    terms, faults = checked((0, 50), (None, None), (168, 100), (24, 80), fee="3000")
    assert faults == []
    assert terms == RefundTerms((Tier(168, 100), Tier(24, 80), Tier(0, 50)), Decimal(3000))


def test_nothing_ever_coming_back_is_a_rule_of_its_own() -> None:
    terms, faults = checked((None, None), refundable=False)
    assert (terms.refundable, faults) == (False, [])


@pytest.mark.parametrize(
    ("tiers", "more", "blamed"),
    [
        ([], {}, ["hours_1"]),
        ([(None, None)], {}, ["hours_1"]),
        ([(24, None)], {}, ["percent_1"]),
        ([(None, 50)], {}, ["hours_1"]),
        ([(-1, 50)], {}, ["hours_1"]),
        ([(8761, 50)], {}, ["hours_1"]),
        ([(24, 0)], {}, ["percent_1"]),
        ([(24, 101)], {}, ["percent_1"]),
        ([(24, 100), (24, 50)], {}, ["hours_2"]),
        ([(0, 80), (24, 80)], {}, ["percent_1"]),
        ([(24, 50), (0, 80)], {}, ["percent_2"]),
        ([(24, 100)], {"fee": "-1"}, ["fee"]),
        ([(24, 100)], {"fee": "0.5"}, ["fee"]),
        ([(24, 100)], {"fee": "NaN"}, ["fee"]),
        ([(24, 100)], {"fee": "10000001"}, ["fee"]),
        ([(24, 100)], {"percent": 101}, ["fee_percent"]),
        ([(24, 100)], {"fee": "1", "percent": 1}, ["fee_percent"]),
        ([(24, 100)], {"refundable": False}, ["refundable"]),
        ([], {"refundable": False, "fee": "1"}, ["refundable"]),
    ],
)
def test_a_fault_is_told_at_its_field(tiers: list[TypedTier], more: dict[str, object], blamed: list[str]) -> None:
    assert checked(*tiers, **more)[1] == blamed  # type: ignore[arg-type]  # the table's values fit
