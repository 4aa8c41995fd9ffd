"""When a rate counts and what it makes of the price, in the reader's language: for customers and for staff."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from babel.dates import format_skeleton, get_day_names
from flask_babel import gettext as _

from portal.domains import catalog
from portal.domains.catalog import ALL_DAY, EVERY_DAY, Rate, Tag
from portal.kernel import words
from portal.kernel.money import Money
from portal.web.i18n import language


def when_of(rate: Rate) -> str:
    """«Sat, Sun · from 18:00 · 1 Jul – 31 Aug»."""
    parts = [_season(rate), _weekdays(rate.weekdays), _times(rate)]
    return " · ".join(filter(None, parts)) or _("Always")


def what_of(rate: Rate, currency: str) -> str:
    """«+20 %» or the amount."""
    if rate.amount is not None:
        return words.money(rate.amount, currency, language())
    return f"{words.change(rate.percent or 0)} %"


def costs_by_time(price: Tag | None, now: datetime) -> list[dict[str, Any]]:
    """What one unit costs when: each rate that may still count, then the price for all other times."""
    if price is None or not price.rates:
        return []
    rows = [
        {"when": when_of(rate), "amount": Money(catalog.amount_by(price, rate), price.currency)}
        for rate in price.rates
        if rate.last is None or rate.yearly or rate.last >= now.date()
    ]
    return [*rows, {"when": _("At all other times"), "amount": Money(price.amount, price.currency)}] if rows else []


def _weekdays(days: frozenset[int]) -> str:
    if days == EVERY_DAY:
        return ""
    names = get_day_names("abbreviated", locale=language())
    chosen = sorted(days)
    if len(chosen) > 2 and chosen[-1] - chosen[0] == len(chosen) - 1:
        return f"{names[chosen[0]]} – {names[chosen[-1]]}"
    return ", ".join(names[day] for day in chosen)


def _times(rate: Rate) -> str:
    if rate.since == 0 and rate.until == ALL_DAY:
        return ""
    if rate.until == ALL_DAY:
        return _("from %(clock)s", clock=_clock(rate.since))
    if rate.since == 0:
        return _("before %(clock)s", clock=_clock(rate.until))
    return f"{_clock(rate.since)} – {_clock(rate.until)}"


def _clock(minute: int) -> str:
    shown = datetime.combine(date(2000, 1, 1), time(minute % ALL_DAY // 60, minute % 60))
    return format_skeleton("Hm" if language() != "ko" else "hm", shown, locale=language())


def _season(rate: Rate) -> str:
    if rate.first is None or rate.last is None:
        return ""
    days: Sequence[date] = (rate.first,) if rate.first == rate.last else (rate.first, rate.last)
    skeleton = "MMMd" if rate.yearly else "yMMMd"
    return " – ".join(format_skeleton(skeleton, day, locale=language()) for day in days)
