"""What may be held: a request against the terms of its product. Pure; the faults are words for people."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.domains.reservations.terms import Calendar, Terms
from portal.domains.reservations.timetable import DAY, Span, midnight, on_grid
from portal.kernel.errors import N_

Fault = str | tuple[str, Mapping[str, Any]]

PAST = N_("This time has already begun.")
CLOSED = N_("It is closed at this time.")
MINUTE = timedelta(minutes=1)


def zone_faults(start: datetime, end: datetime | None) -> dict[str, Fault]:
    """A time without its zone is nobody's time."""
    given = {"start": start, "end": end}
    unsaid = N_("Say the time together with its time zone.")
    return {field: unsaid for field, moment in given.items() if moment and moment.tzinfo is None}


def window(terms: Terms, now: datetime) -> Span:
    """The starts that can be booked now: from the lead time on, up to the end of the last day of the horizon."""
    last = now.astimezone(terms.zone).date() + terms.horizon_days * DAY
    return Span(now.astimezone(UTC) + terms.lead_time, midnight(last + DAY, terms.zone))


def start_fault(terms: Terms, start: datetime, now: datetime) -> Fault | None:
    """Why this start cannot be booked now, whatever the calendar says."""
    open_now = window(terms, now)
    if start < now:
        return PAST
    if start < open_now.start:
        return N_("This is too short notice: book at least %(minutes)s minutes before."), {
            "minutes": terms.lead_time // MINUTE
        }
    if start >= open_now.end:
        return N_("This is too far ahead: bookings open %(days)s days before."), {"days": terms.horizon_days}
    return None


def length_fault(terms: Terms, length: timedelta) -> Fault | None:
    """Why a booking cannot last this long."""
    if terms.min_length <= length <= terms.max_length and not (length - terms.min_length) % terms.length_step:
        return None
    if terms.length_is_fixed:
        return N_("This lasts %(minutes)s minutes."), {"minutes": terms.min_length // MINUTE}
    return N_("Choose from %(least)s to %(most)s minutes, in steps of %(step)s."), {
        "least": terms.min_length // MINUTE,
        "most": terms.max_length // MINUTE,
        "step": terms.length_step // MINUTE,
    }


def quantity_fault(terms: Terms, quantity: int) -> Fault | None:
    """Why so many cannot be booked at once."""
    if 1 <= quantity <= terms.most:
        return None
    return N_("Choose a number from 1 to %(most)s."), {"most": terms.most}


def calendar_faults(terms: Terms, calendar: Calendar, start: datetime, end: datetime) -> dict[str, Fault]:
    """Why the venue has no such time: closed, not one of its starts, or closing before the end."""
    if not any(span.start <= start < span.end for span in calendar.opened) or calendar.is_closed(start, end):
        return {"start": CLOSED}
    closings = on_grid(calendar.opened, start, terms.start_step)
    if not closings:
        return {"start": N_("Nothing begins at this time. Choose one of the times shown.")}
    if end > max(closings):
        return {"end": N_("It closes before this ends. Choose an earlier or shorter time.")}
    return {}


def state_of(available: int, *, scarce: bool, quantity: int) -> str:
    """How a time that can be booked looks at a glance: full, few (a quarter or less of several) or free."""
    if available < quantity:
        return "full"
    return "few" if scarce else "free"


def few_of(units: int) -> int:
    """How many left of so many are few: a quarter; of a single one none is, it is free or taken."""
    return max(1, units // 4) if units > 1 else -1
