"""Prices as a step line: what was is drawn to now, what comes is dashed, and without a price there is no line."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from portal.web.price_chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Step, chart_of

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def step(amount: int, since: int, until: int | None) -> Step:
    day = timedelta(days=1)
    return Step(Decimal(amount), NOW + since * day, None if until is None else NOW + until * day)


def test_one_price_is_no_line() -> None:
    assert chart_of([], NOW) is None
    assert chart_of([step(1, -9, None)], NOW) is None


def test_the_line_steps_and_is_dashed_from_now_on() -> None:
    chart = chart_of([step(100, -80, -40), step(200, -40, 40), step(150, 40, None)], NOW)
    assert chart
    assert chart.past == f"M{LEFT}.0 {BOTTOM}.0H{x(chart, -40)}L{x(chart, -40)} {TOP}.0H{chart.now}"
    middle = (TOP + BOTTOM) / 2
    assert chart.coming == f"M{chart.now} {TOP}.0H{x(chart, 40)}L{x(chart, 40)} {middle}H{RIGHT}.0"
    assert [mark.step.amount for mark in chart.marks] == [100, 200, 150]


def test_a_time_without_a_price_is_a_gap() -> None:
    chart = chart_of([step(100, -80, -60), step(100, -40, None)], NOW)
    assert chart
    assert chart.past.count("M") == 2
    assert "L" not in chart.past + chart.coming


def test_words_that_would_cover_each_other_are_left_to_the_table() -> None:
    chart = chart_of([step(100, n, n + 1) for n in range(-30, 0)] + [step(100, 0, None)], NOW)
    assert chart
    assert 1 < len(chart.marks) < 8
    assert all(LEFT <= mark.x <= RIGHT for mark in chart.marks)


def x(chart: Chart, days: int) -> float:
    first, last = chart.first, chart.last
    return round(LEFT + (RIGHT - LEFT) * ((NOW + timedelta(days=days) - first) / (last - first)), 1)
