"""Prices over time as a step line: where to draw what; pure. The template draws it, with a table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

WIDTH, HEIGHT = 360, 150
LEFT, RIGHT, TOP, BOTTOM = 8, 352, 30, 122
LEAST_SPAN = timedelta(days=30)


@dataclass(frozen=True)
class Step:
    """An amount from one moment to another, or for ever."""

    amount: Decimal
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Mark:
    """A word at a place of the drawing; `anchor` is start, middle or end."""

    x: float
    y: float
    step: Step
    anchor: str = "start"


@dataclass(frozen=True)
class Chart:
    """Two paths, what was and is, and what is scheduled; the line of now; the amounts where they begin."""

    past: str
    coming: str
    now: float
    marks: Sequence[Mark]
    first: datetime
    last: datetime


def chart_of(steps: Sequence[Step], now: datetime) -> Chart | None:
    """The drawing of at least two steps in order; None for fewer: there is nothing to compare."""
    if len(steps) < 2:
        return None
    first = steps[0].since
    ends = [step.until for step in steps if step.until] + [step.since for step in steps] + [now]
    last = max(ends)
    last += max((last - first) / 8, LEAST_SPAN - (last - first), timedelta(days=1))
    most, least = max(step.amount for step in steps), min(step.amount for step in steps)
    height = most - least or Decimal(1)

    def x(at: datetime) -> float:
        return round(LEFT + (RIGHT - LEFT) * ((at - first) / (last - first)), 1)

    def y(amount: Decimal) -> float:
        return round(BOTTOM - float((amount - least) / height) * (BOTTOM - TOP), 1)

    past, coming = [], []
    before: Step | None = None
    for step in steps:
        level, begin, end = y(step.amount), step.since, step.until or last
        joined = before is not None and before.until == begin
        if begin <= now:
            past.append(_run(x(begin), x(min(end, now)), level, joined))
        if end > now:
            coming.append(_run(x(max(begin, now)), x(end), level, joined and begin > now))
        before = step
    marks = [_mark(x(step.since), y(step.amount), step) for step in steps]
    return Chart("".join(past), "".join(coming), x(now), _apart(marks), first, last)


def _run(begin: float, end: float, level: float, joined: bool) -> str:
    """A level piece; joined, it goes up or down from where the last one ended."""
    return f"{'L' if joined else 'M'}{begin} {level}H{end}"


def _mark(x: float, y: float, step: Step) -> Mark:
    anchor = "start" if x < RIGHT - 60 else "end"
    return Mark(x if anchor == "start" else float(RIGHT), y - 6, step, anchor)


def _apart(marks: Sequence[Mark]) -> list[Mark]:
    """The words that do not cover an earlier one; the table has them all. The latest goes first: it matters most."""
    kept: list[Mark] = []
    for mark in reversed(marks):
        if all(abs(mark.x - other.x) > 62 or abs(mark.y - other.y) > 14 for other in kept):
            kept.append(mark)
    return kept[::-1]
