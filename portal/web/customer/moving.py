"""Moving a booking: the week and the month in which one looks for another time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog, moving, orders
from portal.domains.catalog import Product
from portal.domains.orders import Order, OrderLine
from portal.domains.reservations import Hold
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from portal.web import errors
from portal.web.customer import face, month, picker
from portal.web.customer.face import blueprint
from portal.web.customer.orders import house
from portal.web.customer.picker import Choice, Venue
from portal.web.database import db
from portal.web.guards import customer
from portal.web.htmx import render, see_other

OF_A_LINE = "/orders/<number>/lines/<uuid:line_id>/move"
MINUTE = timedelta(minutes=1)


@blueprint.get(OF_A_LINE)
@customer
def move(number: str, line_id: UUID) -> Response:
    """The week in which one looks for another time."""
    return page(db.session(), number, line_id, request.args)


@blueprint.post(f"{OF_A_LINE}/times")
@customer
def move_times(number: str, line_id: UUID) -> Response:
    """Another length, asked for by a browser without scripts: on to the address that shows it."""
    tx = db.session()
    order, line, own = booking(tx, number, line_id)
    product, _venue, choice = _choice(tx, order, line, own, request.form)
    return see_other(choice.address(product))


@blueprint.get(f"{OF_A_LINE}/month")
@customer
def move_month(number: str, line_id: UUID) -> Response:
    """The month in which one looks for another day."""
    tx, now = db.session(), clock.now()
    order, line, own = booking(tx, number, line_id)
    product, venue, choice = _choice(tx, order, line, own, request.args)
    shown = month.look(tx, product, venue, choice, face.day(request.args.get("day")), now)
    return render("customer/month.html", "month", crumbs=[*crumbs(order), (_("Move it"), shown["back"])], **shown)


@blueprint.post(f"{OF_A_LINE}/choice")
@customer
def choose_move(number: str, line_id: UUID) -> Response:
    """A time was pressed: on to the address that shows what it comes to."""
    chosen = kept(request.form)
    return see_other(url_for("customer.preview_move", number=number, line_id=line_id, **chosen))


def page(
    tx: Tx, number: str, line_id: UUID, given: Any, *, faults: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    """What is free instead, with what is wrong about a time that was chosen; or why it cannot be moved (409)."""
    now = clock.now()
    order, line, own = booking(tx, number, line_id)
    problem = ""
    try:
        moving.check(tx, order, line, own, house=house(), now=now)
    except (moving.NotMovable, moving.UnderWay) as fact:
        problem = errors.words_of(fact)
    product, venue, choice = _choice(tx, order, line, own, given)
    shown = {} if problem else picker.look(tx, product, venue, choice, now)
    return render(
        "customer/move.html",
        "slots",
        status=409 if problem and status == 200 else status,
        order=order,
        line=line,
        own=own,
        zone=venue.zone,
        problem=problem,
        crumbs=crumbs(order),
        faults=dict(faults or {}),
        until=moving.last_moment(tx, line, own, house()),
        **shown,
    )


def booking(tx: Tx, number: str, line_id: UUID) -> tuple[Order, OrderLine, Hold]:
    """What is to be moved, if it is the customer's own and was booked. Raises NotFound."""
    order = orders.get_by_number(tx, number, account_id=current_user.id)
    return order, *moving.booking(tx, order, line_id)


def _choice(tx: Tx, order: Order, line: OrderLine, own: Hold, given: Any) -> tuple[Product, Venue, Choice]:
    """The product, where it is, and the choice as the picker takes it. Raises NotFound for what is offered nowhere."""
    product = catalog.get_product(tx, line.product_id)
    venue = picker.venue_of(tx, product)
    if venue is None:
        raise NotFound
    minutes = (own.ends_at - own.starts_at) // MINUTE
    moves = picker.Moves({"number": order.number, "line_id": line.id}, own.id, own.starts_at, minutes)
    choice = picker.choice_of(venue, given, clock.now())
    if not given.get("length") and minutes in venue.lengths:
        choice = replace(choice, minutes=minutes)
    if not given.get("week"):
        day = own.starts_at.astimezone(venue.zone).date()
        choice = replace(choice, first=picker.first_day(venue, choice.shown or day, clock.now()))
    return product, venue, replace(choice, quantity=line.quantity, moves=moves)


def kept(given: Any) -> dict[str, Any]:
    """The choice of a form or an address, for the next address."""
    return {name: given.getlist(name) for name in ("start", "length", "with") if given.get(name)}


def crumbs(order: Order) -> list[tuple[str, str]]:
    """The way to the booking."""
    return [
        (_("My bookings"), url_for("customer.bookings")),
        (order.number, url_for("customer.order", number=order.number)),
    ]
