"""When a mail is tried again, and when it is given up."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.domains.notifications import rules

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (8, 60), (5000, 60)]
)
def test_pauses_double_up_to_an_hour(attempts: int, minutes: int) -> None:
    assert rules.pause(attempts) == timedelta(minutes=minutes)


def test_a_trial_may_be_less_patient() -> None:
    assert rules.pause(8, 0.05) == timedelta(minutes=3)


@pytest.mark.parametrize(("age", "given_up"), [(0, False), (71.9, False), (72, True)])
def test_a_mail_is_given_up_after_three_days(age: float, given_up: bool) -> None:
    assert rules.given_up(NOW - timedelta(hours=age), NOW) is given_up
