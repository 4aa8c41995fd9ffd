"""Lengths and the refund rule in words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal.web.customer import words

START = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def reader(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(30, "30 minutes"), (60, "1 hour"), (61, "1 hour 1 minute"), (90, "1 hour 30 minutes"), (1440, "24 hours")],
)
def test_lengths(minutes: int, said: str) -> None:
    assert words.length(minutes) == said


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
def test_the_refund_rule_names_only_what_can_still_be_had(before: int, said: str) -> None:
    assert words.refund_rule(START, "Asia/Seoul", START - timedelta(hours=before)) == said


def test_without_a_time_the_rule_is_told_in_hours() -> None:
    assert words.refund_rule() == "You get back everything until 24 hours before, half until it begins."
