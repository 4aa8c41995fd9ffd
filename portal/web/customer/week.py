"""A week of slots as the slot picker takes it, in the venue's time; pure."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.domains.reservations import Slot
from portal.kernel import words

DAYS = 7
DAY = timedelta(days=1)


def clamped(asked: date | None, *, today: date, horizon: int) -> date:
    """The first day to show: never before today, never so late that nothing can be booked."""
    last = today + max(0, horizon - DAYS + 1) * DAY
    return min(max(asked or today, today), last)


def days_of(
    slots: Sequence[Slot],
    first: date,
    zone: ZoneInfo,
    *,
    yours: Collection[datetime] = (),
    home: ZoneInfo | None = None,
    priced: bool = False,
    waiting: str = "",
) -> list[dict[str, Any]]:
    """Seven days from `first` on, each with its slots. `yours`: starts that the reader holds; `home`: their zone;
    `priced`: each time tells its own price; `waiting`: where one can wait for a full one; its start belongs at
    the end."""
    days: dict[date, list[dict[str, Any]]] = {first + n * DAY: [] for n in range(DAYS)}
    turning = {day for day in days if _turns(day, zone)}
    for slot in slots:
        start = slot.start.astimezone(zone)
        day = start.date()
        own = slot.start.astimezone(home) if home and home is not zone else start
        days[day].append(
            {
                "start": start,
                "end": slot.end.astimezone(zone),
                "state": "yours" if yours and slot.start in yours else slot.state,
                "left": slot.available,
                "capacity": slot.units,
                "waiting_url": waiting if slot.state == "full" else "",
                "which": words.zone_name(start, zone) if day in turning and _comes_twice(start) else "",
                "home": own if own is not start and own.utcoffset() != start.utcoffset() else None,
                "price": slot.price if priced else None,
            }
        )
    return [{"date": day, "slots": found, "note": ""} for day, found in days.items()]


def _turns(day: date, zone: ZoneInfo) -> bool:
    """Whether clocks are changed on this day."""
    midnight = datetime.combine(day, time(), zone)
    return midnight.utcoffset() != (midnight + DAY).utcoffset()


def _comes_twice(start: datetime) -> bool:
    """The clock shows this time before it goes back, and once more after it."""
    return start.replace(fold=0).utcoffset() != start.replace(fold=1).utcoffset()


def any_free(slots: Sequence[Slot]) -> bool:
    return any(slot.state in {"free", "few"} for slot in slots)
