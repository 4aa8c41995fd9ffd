"""How long an offer lasts."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.domains.waiting.rules import offer_minutes

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins_in", "lasts"), [(600, 30), (45, 30), (44, 29), (20, 5), (19, None), (15, None), (0, None), (-5, None)]
)
def test_half_an_hour_but_a_quarter_before_it_begins_at_the_latest(begins_in: int, lasts: int | None) -> None:
    assert offer_minutes(NOW, NOW + timedelta(minutes=begins_in), minutes=30, before=15) == lasts
