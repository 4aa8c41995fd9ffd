"""What a product costs at which times: its price, or the rate in its place at some hours, days or seasons; pure.

A rate is looked for by what the clock of the place shows when a booking starts; of those that fit, the first counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.kernel.money import rounded

DAY = timedelta(days=1)
ALL_DAY = 24 * 60
EVERY_DAY = frozenset(range(7))
EPOCH = date(2000, 1, 1)


@dataclass(frozen=True)
class Rate:
    """Another `amount`, or `percent` more or less, for what starts on these weekdays (0 is Monday) from minute `since`
    of the day to before `until`; 1500 is 1 in the night, which still belongs to the evening's day.

    With `first` and `last` (included) on these days only; `yearly`, on them in every year.
    """

    weekdays: frozenset[int] = EVERY_DAY
    since: int = 0
    until: int = ALL_DAY
    first: date | None = None
    last: date | None = None
    yearly: bool = False
    percent: int | None = None
    amount: Decimal | None = None

    @property
    def always(self) -> bool:
        return self.weekdays == EVERY_DAY and self.until - self.since >= ALL_DAY and self.first is None


@dataclass(frozen=True)
class Tag:
    """What is asked for a product at a moment, per `unit`, and the rates in its place, the first that counts first."""

    amount: Decimal
    currency: str
    unit: str
    rates: Sequence[Rate] = ()


def price_for(tag: Tag, starts: datetime | None) -> Tag:
    """What is asked for a start, as the clock of the place shows it; for what has no start it is the price itself."""
    if starts is None or not tag.rates:
        return tag
    rate = next((rate for rate in tag.rates if fits(rate, starts)), None)
    return replace(tag, amount=amount_by(tag, rate)) if rate else tag


def fits(rate: Rate, starts: datetime) -> bool:
    """Whether the rate is for what starts then: on this day's clock, or still on that of the day before."""
    day, minute = starts.date(), starts.hour * 60 + starts.minute
    if rate.since <= minute < rate.until and _has(rate, day):
        return True
    return minute + ALL_DAY < rate.until and rate.since <= minute + ALL_DAY and _has(rate, day - DAY)


def amount_by(tag: Tag, rate: Rate) -> Decimal:
    """What one unit costs by this rate."""
    if rate.amount is not None:
        return rate.amount
    return rounded(tag.amount * (100 + (rate.percent or 0)) / 100, tag.currency)


def amounts(tag: Tag, on: date) -> list[Decimal]:
    """Everything that one unit may cost from this day on, in the order in which it counts."""
    found = []
    for rate in tag.rates:
        if rate.last is None or rate.yearly or rate.last >= on:
            found.append(amount_by(tag, rate))
        if rate.always:
            return found
    return [*found, tag.amount]


def weekdays_of(bits: int) -> frozenset[int]:
    """Weekdays from a bit for each, 1 for Monday."""
    return frozenset(day for day in range(7) if bits >> day & 1)


def bits_of(weekdays: Iterable[int]) -> int:
    """A bit for each weekday."""
    return sum(1 << day for day in weekdays)


def stored_rates(rows: Iterable[Sequence[Any]]) -> tuple[Rate, ...]:
    """Rates as statements tell them (RATES in queries.py), with days counted from the first of 2000."""
    return tuple(_stored(*row) for row in rows)


def _stored(
    weekdays: Decimal,
    since: Decimal,
    until: Decimal,
    first: Decimal | None,
    last: Decimal | None,
    yearly: Decimal,
    percent: Decimal | None,
    amount: Decimal | None,
) -> Rate:
    return Rate(
        weekdays_of(int(weekdays)),
        int(since),
        int(until),
        None if first is None else EPOCH + int(first) * DAY,
        None if last is None else EPOCH + int(last) * DAY,
        bool(yearly),
        None if percent is None else int(percent),
        amount,
    )


def _has(rate: Rate, day: date) -> bool:
    if day.weekday() not in rate.weekdays:
        return False
    if rate.first is None or rate.last is None:
        return True
    if not rate.yearly:
        return rate.first <= day <= rate.last
    first, last, here = ((one.month, one.day) for one in (rate.first, rate.last, day))
    return first <= here <= last if first <= last else here >= first or here <= last
