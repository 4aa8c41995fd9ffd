"""A refund rule in one sentence."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from portal.domains.catalog import USUAL, RefundTerms, Tier
from portal.web.refund_words import Sold, rule_of, rules_of

START = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)
NEVER = RefundTerms()
NEVER_SAID = "Not refundable: once it is paid, nothing comes back."


@pytest.fixture(autouse=True)
def reader(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (48, "You get back everything until Tue 1 Dec 2026, 10:00 (KST), half until it begins."),
        (24, "You get back half until it begins."),
        (1, "You get back half until it begins."),
        (0, "It has begun, so nothing comes back."),
        (-1, "It has begun, so nothing comes back."),
    ],
)
def test_it_names_only_what_can_still_be_had(before: int, said: str) -> None:
    assert rule_of(Sold("Room", USUAL, START, "Asia/Seoul"), START - timedelta(hours=before)) == said


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (USUAL, "You get back everything until 24 hours before, half until it begins."),
        (NEVER, NEVER_SAID),
        (RefundTerms((Tier(48, 50),)), "You get back half until 48 hours before."),
        (
            RefundTerms((Tier(168, 100), Tier(50, 30)), fee_percent=10),
            "You get back everything until 7 days before, 30 % until 50 hours before, less a fee of 10 % of the price.",
        ),
        (
            RefundTerms((Tier(0, 100),), fee=Decimal(3000)),
            "You get back everything until it begins, less a fee of ₩3,000.",
        ),
    ],
)
def test_without_a_time_it_is_told_in_hours_and_days(terms: RefundTerms, said: str) -> None:
    assert rule_of(Sold("Room", terms)) == said


def test_too_late_is_not_the_same_as_begun() -> None:
    sold = Sold("Room", RefundTerms((Tier(48, 100),)), START, "Asia/Seoul")
    assert rule_of(sold, START - timedelta(hours=1)) == "It is too late: nothing comes back any more."


def test_what_has_no_time_at_all_is_told_without_one() -> None:
    assert rule_of(Sold("Tea", USUAL, timed=False), START) == "You get back everything."
    assert rule_of(Sold("Tea", NEVER, timed=False), START) == NEVER_SAID


def test_one_sentence_where_it_is_the_same_for_all_and_names_where_it_is_not() -> None:
    same = "You get back everything until 24 hours before, half until it begins."
    assert rules_of([Sold("Room", USUAL), Sold("Boat", USUAL)]) == [same]
    assert rules_of([Sold("Room", USUAL), Sold("Boat", USUAL), Sold("Show", NEVER)]) == [
        f"Room, Boat: {same}",
        f"Show: {NEVER_SAID}",
    ]
    assert rules_of([]) == []
