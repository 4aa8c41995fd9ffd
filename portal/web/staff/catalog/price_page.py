"""A product's prices through time for staff: a chart, who set what and why, and what it costs at some times."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import get_day_names
from flask.typing import ResponseReturnValue

from portal.domains import catalog, identity, resources
from portal.domains.catalog import Price, PriceRate
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.money import Money
from portal.reports import happenings
from portal.web import htmx
from portal.web.database import db
from portal.web.i18n import language
from portal.web.price_chart import Step, chart_of
from portal.web.rate_words import what_of, when_of
from portal.web.staff.catalog.rate_form import RateForm
from portal.web.staff.catalog.words import unit_words
from portal.web.staff.face import settings
from portal.web.staff.happenings import changes


def show(product_id: UUID, *, rate: RateForm | None = None, status: int = 200) -> ResponseReturnValue:
    """The page; a form given is shown as it was typed, with its faults."""
    tx, now = db.session(), clock.now()
    product = catalog.get_product(tx, product_id)
    history = catalog.price_history(tx, product_id)
    rates = catalog.rate_history(tx, product_id)
    who = _names(tx, history, rates)
    zone = ZoneInfo(settings().default_time_zone)
    current = next((row for row in history if now in row.valid), history[0] if history else None)
    steps = [
        Step(row.amount, row.valid.lower, row.valid.upper)
        for row in reversed(history)
        if current and row.valid.lower and (row.unit, row.currency) == (current.unit, current.currency)
    ]
    return htmx.render(
        "staff/catalog/prices.html",
        status=status,
        product=product,
        chart=chart_of(steps, now),
        currency=current.currency if current else settings().default_currency,
        prices=[_price(row, now, zone, who) for row in history],
        rates=[_rate(row, now, zone, who) for row in rates],
        form=(rate or rate_form(tx, product_id, typed=False)) if product.kind == "booking" else None,
        zone=zone.key,
        place_zone=_place_zone(tx, product_id),
        events=changes(tx, "product", product_id, limit=happenings.MOST),
    )


def rate_form(tx: Tx, product_id: UUID, *, typed: bool) -> RateForm:
    """The next free number stands in it already."""
    form = RateForm(prefix="rate-") if typed else RateForm(formdata=None, prefix="rate-")
    names = get_day_names("wide", locale=language())
    form.weekdays.choices = [(day, names[day]) for day in range(7)]
    if not typed:
        form.weekdays.data = list(range(7))
        taken = {row.rank for row in catalog.rate_history(tx, product_id) if _state(row, clock.now()) != "past"}
        form.rank.data = next((number for number in range(1, 21) if number not in taken), None)
    return form


def _place_zone(tx: Tx, product_id: UUID) -> str:
    """On whose clock a booking starts."""
    offered = resources.offering_of(tx, product_id)
    place = resources.get_resource(tx, offered.resource_id) if offered else None
    return place.time_zone if place else settings().default_time_zone


def _names(tx: Tx, prices: Sequence[Price], rates: Sequence[PriceRate]) -> dict[UUID | None, str]:
    ids = [row.set_by for row in prices] + [row.set_by for row in rates] + [row.ended_by for row in rates]
    found = identity.names_of(tx, {id for id in ids if id})
    return {id: found.get(id, "") for id in ids if id}


def _price(row: Price, now: datetime, zone: ZoneInfo, who: Mapping[UUID | None, str]) -> dict[str, Any]:
    return _told(row, now, zone, who) | {
        "money": Money(row.amount, row.currency),
        "unit": unit_words()[row.unit],
    }


def _rate(row: PriceRate, now: datetime, zone: ZoneInfo, who: Mapping[UUID | None, str]) -> dict[str, Any]:
    return _told(row, now, zone, who) | {
        "rank": row.rank,
        "times": when_of(row.rate),
        "what": what_of(row.rate, row.currency),
        "ended_by": who.get(row.ended_by, ""),
        "ended_why": row.ended_why,
    }


def _told(row: Price | PriceRate, now: datetime, zone: ZoneInfo, who: Mapping[UUID | None, str]) -> dict[str, Any]:
    since, until = row.valid.lower, row.valid.upper
    return {
        "id": row.id,
        "since": since and since.astimezone(zone),
        "until": until and until.astimezone(zone),
        "reason": row.reason,
        "who": who.get(row.set_by, ""),
        "set_at": row.created_at,
        "state": _state(row, now),
    }


def _state(row: Price | PriceRate, now: datetime) -> str:
    since, until = row.valid.lower, row.valid.upper
    if until is not None and until <= now:
        return "past"
    return "scheduled" if since is not None and since > now else "active"
