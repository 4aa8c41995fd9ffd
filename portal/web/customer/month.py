"""A month of a product: how each day looks, and the way to its times."""

import calendar
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_skeleton
from flask import Response, request

from portal.domains import reservations
from portal.domains.catalog import Product
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from portal.reports.next_free import next_free
from portal.web.customer import face, picker, product, words
from portal.web.customer.face import blueprint
from portal.web.customer.picker import Choice, Venue
from portal.web.database import db
from portal.web.guards import public
from portal.web.htmx import render
from portal.web.i18n import language

DAY = timedelta(days=1)


@blueprint.get("/products/<slug>/month")
@public
def month(slug: str) -> Response:
    """The month with `?day=` in it; without, the one that runs."""
    tx, now = db.session(), clock.now()
    found = product.find(tx, slug)
    venue = picker.venue_of(tx, found)
    if venue is None:
        raise NotFound
    choice = picker.choice_of(venue, request.args, now)
    shown = look(tx, found, venue, choice, face.day(request.args.get("day")), now)
    return render("customer/month.html", "month", crumbs=[], **shown)


def look(tx: Tx, found: Product, venue: Venue, choice: Choice, day: date | None, now: datetime) -> dict[str, Any]:
    """Everything the block `month` shows."""
    today = now.astimezone(venue.zone).date()
    final = today + venue.offering.horizon_days * DAY
    shown = min(max(day or today, today), final)
    first, behind = shown.replace(day=1), _next_month(shown)
    start = max(first, today)
    days = _weeks(tx, found, choice, start - start.weekday() * DAY, first, behind, now)
    free = next((day["url"] for day in days if day["state"] in ("free", "few")), "")
    return {
        "product": found,
        "title": format_skeleton("yMMMM", first, locale=language()),
        "days": days,
        "earlier": choice.month(found, first - DAY) if first > today else "",
        "later": choice.month(found, behind) if behind <= final else "",
        "next_free": free or _next_free(tx, found, venue, choice, behind, now),
        "city": words.city(venue.zone, now),
        "back": choice.address(found),
    }


def _weeks(
    tx: Tx, found: Product, choice: Choice, start: date, first: date, behind: date, now: datetime
) -> list[dict[str, Any]]:
    """Whole weeks from the Monday `start`, to the last that has a day of the month from `first` to before `behind`; of
    the month that runs, weeks that are over would only push what can be booked out of sight. Each day leads to the week
    of times that begins with it."""
    end = behind + (-behind.weekday() % 7) * DAY
    days = reservations.day_states(
        tx,
        found.id,
        first=start,
        last=end - DAY,
        now=now,
        quantity=choice.quantity,
        length=timedelta(minutes=choice.minutes),
        served_by=choice.served_by,
        besides=choice.besides,
    )
    pattern = choice.address(found, week="WEEK", **{"slot-day": "WEEK"})  # 42 addresses differ in their day alone
    return [
        {
            "date": day.date,
            "state": day.state,
            "price": day.price,
            "url": pattern.replace("WEEK", day.date.isoformat()),
            "outside": not first <= day.date < behind,
        }
        for day in days
    ]


def _next_free(tx: Tx, found: Product, venue: Venue, choice: Choice, since: date, now: datetime) -> str:
    """The way to the next day on which something is free; empty if there is none."""
    outlook = next_free(
        tx,
        [found.id],
        now=now,
        since=since,
        days=venue.offering.horizon_days + 1,
        quantity=choice.quantity,
        length=timedelta(minutes=choice.minutes),
        served_by=choice.served_by,
    ).get(found.id)
    return choice.address(found, week=outlook.start.date().isoformat()) if outlook and outlook.start else ""


def _next_month(day: date) -> date:
    return day.replace(day=1) + calendar.monthrange(day.year, day.month)[1] * DAY
