"""On which days something comes again: every week or two, or on the first Monday of a month; pure.

As RRULE of RFC 5545 has it, of which staff choose from a list what places need.
"""

from collections.abc import Iterable
from datetime import date, datetime, time

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
EVERY = ("week", "fortnight", *NTH)
"""Every week, every other one counted from the first day's, or on that weekday of each month."""


def days_of(every: str, weekdays: Iterable[int], first: date, last: date) -> list[date]:
    """The days from `first` to `last`, in order; weekdays are counted from Monday, 0."""
    chosen = sorted(weekdays)
    begin, until = (datetime.combine(day, time()) for day in (first, last))
    if every in NTH:
        rule = rrule(MONTHLY, begin, byweekday=[weekday(day, NTH[every]) for day in chosen], until=until)
    else:
        rule = rrule(WEEKLY, begin, 2 if every == "fortnight" else 1, wkst=0, byweekday=chosen, until=until)
    return [found.date() for found in rule]
