"""Waiting for a full time: standing in line, and getting out of it or saying no to an offer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import waiting
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import Fact, NotFound
from portal.kernel.money import Money
from portal.reports.waiting import waits_of
from portal.web import errors
from portal.web.customer import face, holds, picker, product
from portal.web.customer.face import blueprint, settings
from portal.web.database import db, transaction
from portal.web.guards import customer
from portal.web.htmx import render, see_other
from portal.web.lines import serve


@blueprint.get("/products/<slug>/waiting")
@customer
def wait(slug: str) -> Response:
    """The page that says what waiting is, for one time, and asks for how many."""
    return _page(slug)


@blueprint.post("/products/<slug>/waiting")
@customer
def join(slug: str) -> Response:
    found = product.find(db.session(), slug)
    try:
        start, end, quantity = holds.wish()
        with transaction() as tx:
            waiting.join(
                tx,
                account_id=current_user.id,
                product_id=found.id,
                starts_at=start,
                ends_at=end,
                quantity=quantity,
                now=clock.now(),
                most=settings().waiting_lists_at_once,
            )
    except Fact as fact:
        faults = errors.faults_of(fact) or {"start": errors.words_of(fact)}
        return _page(slug, faults=faults, status=errors.status_of(fact))
    flash(_("You are in line. We write to you as soon as a place is free."), "success")
    return see_other(url_for("customer.bookings", _anchor="waiting"))


@blueprint.post("/waiting/<uuid:entry_id>/leaving")
@customer
def leave(entry_id: UUID) -> Response:
    """Out of the line, or no to an offer: then the next in line are offered it before this page is answered."""
    try:
        with transaction() as tx:
            entry = waiting.leave(tx, account_id=current_user.id, entry_id=entry_id, now=clock.now())
            said = (entry.state, entry.product_id, entry.starts_at)
    except waiting.OfferTaken as fact:
        flash(errors.words_of(fact), "error")
        return see_other(url_for("customer.bookings", _anchor="waiting"))
    if said[0] == "declined":
        serve(*said[1:])
        flash(_("We offer it to the next in line. Thank you for letting us know."), "success")
    else:
        flash(_("You are not in that line any more."), "success")
    return see_other(url_for("customer.bookings", _anchor="waiting"))


def told(tx: Tx, now: datetime) -> list[dict[str, Any]]:
    """What the reader waits for, as the list on «my bookings» takes it."""
    return [
        {
            "id": row.id,
            "name": row.name,
            "url": url_for("customer.product", slug=row.slug),
            "cover": row.cover,
            "start": row.starts_at.astimezone(clock.zone(row.time_zone)),
            "where": row.where,
            "quantity": row.quantity,
            "place": row.place,
            "until": row.offer_ends_at,
            "price": Money(row.amount, row.currency) if row.amount is not None and row.currency else None,
        }
        for row in waits_of(tx, current_user.id, now=now)
    ]


def _page(slug: str, *, faults: dict[str, str] | None = None, status: int = 200) -> Response:
    tx, now, given = db.session(), clock.now(), request.values
    found = product.find(tx, slug)
    venue = picker.venue_of(tx, found)
    start = face.moment(given.get("start"))
    if faults and start is None:  # there is no time to wait for: back to those that there are, as a press on one is
        return product.page(tx, found, given, now, status=status, faults=faults)
    if venue is None or start is None:
        raise NotFound
    choice = picker.choice_of(venue, given, now)
    mine = [
        one for one in told(tx, now) if (one["url"], one["start"]) == (url_for("customer.product", slug=slug), start)
    ]
    return render(
        "customer/waiting.html",
        status=status,
        product=found,
        venue=venue,
        choice=choice,
        start=start.astimezone(venue.zone),
        back=choice.address(found),
        minutes=settings().waiting_offer_minutes,
        mine=mine[0] if mine else None,
        typed=given.get("quantity", choice.quantity),
        faults=faults or {},
    )
