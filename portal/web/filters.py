"""Money and time in templates, in the reader's language; and what templates may ask of the application.

{{ price|money }}   {{ 30000|money("KRW") }}   {{ balance|number }}   {{ entry.delta|change }}
{{ slot.start|moment(resource.time_zone) }}   {{ entry.at|ago }}
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta
from flask import Flask, current_app, has_request_context, request, url_for
from jinja2 import Template

from portal.config import Settings
from portal.kernel import clock, words
from portal.kernel.money import Money
from portal.web import slot_table
from portal.web.i18n import language
from portal.web.short_days import short_day, weekday

Zone = str | tzinfo | None


def install(app: Flask, settings: Settings) -> None:
    """Registers the filters, `ui`, `slot_columns`, `has_endpoint` and `way_to`."""
    home = settings.default_time_zone

    def told(tell: Callable[[Any, str | tzinfo, str], str]) -> Callable[[Any, Zone], str]:
        def say(when: date | None, zone: Zone = None) -> str:
            return "" if when is None else tell(when, zone or _zone_of(when, home), language())

        return say

    def money(value: Money | Decimal | int | None, currency: str = settings.default_currency) -> str:
        if value is None:
            return ""
        amount, currency = (value.amount, value.currency) if isinstance(value, Money) else (value, currency)
        return words.money(amount, currency, language())

    app.jinja_env.filters |= {
        "money": money,
        "number": words.number,
        "change": words.change,
        "moment": told(words.moment),
        "day": told(words.day),
        "clock": told(words.clock),
        "short_day": short_day,
        "weekday": weekday,
        "ago": ago,
    }
    app.jinja_env.globals |= {
        "ui": Components(app),
        "has_endpoint": has_endpoint,
        "way_to": _ways(),
        "slot_columns": slot_table.columns,
    }


def ago(when: datetime | None) -> str:
    """How long ago, or in how long: «3 minutes ago», «in 2 hours». Only beside the moment itself."""
    if when is None:
        return ""
    past: timedelta = when - clock.now()
    return format_timedelta(past, add_direction=True, locale=language())


def has_endpoint(name: str) -> bool:
    """Whether there is such a page; navigation leaves out what is not built or not switched on."""
    return name in current_app.view_functions


def _ways() -> Callable[[str], str]:
    """`way_to(endpoint)`: url_for of a page that needs no arguments, looked up once; every page names a dozen."""

    @lru_cache(maxsize=500)
    def look_up(endpoint: str, _below: str) -> str:
        return url_for(endpoint)

    def way_to(endpoint: str) -> str:
        return look_up(endpoint, request.script_root) if has_request_context() else url_for(endpoint)

    return way_to


class Components:
    """The macros of templates/components/ui.html as `ui.…`, in every template and in a block rendered alone."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        page: Template = self._app.jinja_env.get_template("components/ui.html")
        try:
            return getattr(page.module, name)
        except AttributeError:
            raise AttributeError(f"templates/components/ui.html sets no {name}") from None


def _zone_of(when: date, home: str) -> str | tzinfo:
    # A time in a place's zone is told in that zone; one in UTC comes from the database and means nowhere yet.
    zone = when.tzinfo if isinstance(when, datetime) else None
    return zone if isinstance(zone, ZoneInfo) and zone.key != "UTC" else home
