"""The first page of the back office: the day in a few numbers, and what happened just now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import text

from portal.kernel.db import Tx


@dataclass(frozen=True)
class Day:
    """One day's confirmed bookings, for the chart."""

    date: date
    bookings: int


@dataclass(frozen=True)
class Today:
    """The numbers of the day, in the house's own time zone."""

    bookings: int
    taken: Decimal
    points: int
    refunds_waiting: int
    refunds_since: datetime | None
    parked: int
    """Processes that wait for a person, and money that a bank gave back to us."""
    week: list[Day]


NUMBERS = """
SELECT count(*) AS orders, coalesce(sum(charge), 0) AS taken, coalesce(sum(points_used), 0) AS points
FROM orders WHERE state IN ('completed', 'refunding') AND placed_at >= :start AND placed_at < :end
"""
WAITING = """
SELECT (SELECT count(*) FROM refunds WHERE state = 'requested') AS refunds,
    (SELECT min(created_at) FROM refunds WHERE state = 'requested') AS since,
    (SELECT count(*) FROM sagas WHERE park_reason IS NOT NULL) + (
        SELECT count(*) FROM payment_attempts a JOIN refunds r ON r.attempt_key = a.key
        WHERE a.kind = 'refund' AND a.state = 'failed' AND r.state IN ('sent', 'settled')
    ) AS parked
"""
WEEK = """
SELECT (placed_at AT TIME ZONE :zone)::date AS day, count(*) AS orders
FROM orders WHERE state IN ('completed', 'refunding') AND placed_at >= :start AND placed_at < :end GROUP BY 1
"""


def today(tx: Tx, *, now: datetime, zone: str) -> Today:
    """What the day looks like at `now`, and the seven days up to it."""
    start = datetime.combine(now.astimezone(ZoneInfo(zone)).date(), datetime.min.time(), ZoneInfo(zone))
    end = start + timedelta(days=1)
    numbers = tx.execute(text(NUMBERS), {"start": start, "end": end}).one()
    waiting = tx.execute(text(WAITING)).one()
    first = start - timedelta(days=6)
    by_day: dict[date, int] = dict(tx.execute(text(WEEK), {"start": first, "end": end, "zone": zone}).all())
    days = [(first + timedelta(days=i)).date() for i in range(7)]
    return Today(
        bookings=numbers.orders,
        taken=numbers.taken,
        points=numbers.points,
        refunds_waiting=waiting.refunds,
        refunds_since=waiting.since,
        parked=waiting.parked,
        week=[Day(day, by_day.get(day, 0)) for day in days],
    )
