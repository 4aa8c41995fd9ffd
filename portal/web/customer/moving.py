"""Moving a booking to another time: choose it, see the exact difference, agree."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog, moving, orders, payments, resources
from portal.domains.catalog import Product
from portal.domains.moving import Quote, Wish
from portal.domains.orders import Order, OrderLine
from portal.domains.reservations import Behind, Hold
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Fact, Invalid, NotFound
from portal.kernel.ids import new_id
from portal.kernel.money import Money
from portal.web import errors
from portal.web.customer import cards, face, month, paying, picker, words
from portal.web.customer.checkout import LONGEST_KEY, UNKNOWN_CARD
from portal.web.customer.face import blueprint, settings
from portal.web.customer.orders import house
from portal.web.customer.picker import Choice, Venue
from portal.web.database import db, transaction
from portal.web.guards import customer
from portal.web.htmx import render, see_other
from portal.web.lines import behind_the_line
from portal.web.refund_words import Sold, rule_of

OF_A_LINE = "/orders/<number>/lines/<uuid:line_id>/move"
MINUTE = timedelta(minutes=1)
NO_TIME = N_("Choose a time.")


@blueprint.get(OF_A_LINE)
@customer
def move(number: str, line_id: UUID) -> Response:
    """The week in which one looks for another time."""
    return _page(db.session(), number, line_id, request.args)


@blueprint.post(f"{OF_A_LINE}/times")
@customer
def move_times(number: str, line_id: UUID) -> Response:
    """Another length, asked for by a browser without scripts: on to the address that shows it."""
    tx = db.session()
    order, line, own = _booking(tx, number, line_id)
    product, _venue, choice = _choice(tx, order, line, own, request.form)
    return see_other(choice.address(product))


@blueprint.get(f"{OF_A_LINE}/month")
@customer
def move_month(number: str, line_id: UUID) -> Response:
    """The month in which one looks for another day."""
    tx, now = db.session(), clock.now()
    order, line, own = _booking(tx, number, line_id)
    product, venue, choice = _choice(tx, order, line, own, request.args)
    shown = month.look(tx, product, venue, choice, face.day(request.args.get("day")), now)
    return render("customer/month.html", "month", crumbs=[*_crumbs(order), (_("Move it"), shown["back"])], **shown)


@blueprint.post(f"{OF_A_LINE}/choice")
@customer
def choose_move(number: str, line_id: UUID) -> Response:
    """A time was pressed: on to the address that shows what it comes to."""
    kept = _kept(request.form)
    return see_other(url_for("customer.preview_move", number=number, line_id=line_id, **kept))


@blueprint.get(f"{OF_A_LINE}/preview")
@customer
def preview_move(number: str, line_id: UUID) -> Response:
    """Both times and the exact difference; nothing is taken yet."""
    return _preview(db.session(), number, line_id, request.args)


@blueprint.post(OF_A_LINE)
@customer
def ask_move(number: str, line_id: UUID) -> Response:
    """Agreed. Whoever presses twice moves once."""
    form = request.form
    try:
        token = form.get("payment", "")
        if token and not cards.known(token):
            raise Invalid({"payment": UNKNOWN_CARD})
        name = behind_the_line(lambda behind: _ask(number, line_id, token, behind))
    except Fact as fact:
        if errors.status_of(fact) == 404:
            raise
        return _again(number, line_id, fact)
    state = paying.follow(name, seconds=settings().checkout_wait, kind="move")
    return see_other(_window(name, state) or url_for("customer.order", number=number))


def _ask(number: str, line_id: UUID, token: str, behind: Behind) -> str:
    form = request.form
    with transaction() as tx:
        order, _line, own = _booking(tx, number, line_id)
        asked = moving.request(
            tx,
            order,
            line_id,
            _wish(own, form),
            by=current_user.id,
            house=house(),
            now=clock.now(),
            token=token,
            shown=form.get("shown"),
            idempotency_key=form.get("key", "")[:LONGEST_KEY] or None,
            behind=behind,
        )
        return asked.number


@blueprint.get("/orders/<number>/moves/<int:count>")
@customer
def moved(number: str, count: int) -> Response:
    """The provider sends its customers back here; the order's page tells how it goes."""
    with transaction() as tx:
        order = orders.get_by_number(tx, number, account_id=current_user.id)
        name = f"{order.number}-M{count}"
        moving.get_move(tx, name)
        if payments.brings_something(request.args):
            payments.come_back(tx, order, request.args, move_number=name)
    return see_other(url_for("customer.order", number=order.number))


def _page(
    tx: Tx, number: str, line_id: UUID, given: Any, *, faults: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    now = clock.now()
    order, line, own = _booking(tx, number, line_id)
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
        crumbs=_crumbs(order),
        faults=dict(faults or {}),
        until=moving.last_moment(tx, line, own, house()),
        **shown,
    )


def _preview(
    tx: Tx, number: str, line_id: UUID, given: Any, *, faults: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    order, line, own = _booking(tx, number, line_id)
    try:
        quoted = moving.quote(tx, order, line_id, _wish(own, given), house=house(), now=clock.now())
    except Fact as fact:
        if errors.status_of(fact) == 404:
            raise
        said = errors.faults_of(fact) or {"": errors.words_of(fact)}
        return _page(tx, number, line_id, given, faults=dict(faults or {}) or said, status=errors.status_of(fact))
    zone = resources.get_resource(tx, own.resource_id).time_zone
    terms = catalog.terms_of_rules(tx, [quoted.to.refund_rule_id])[quoted.to.refund_rule_id]
    return render(
        "customer/move_preview.html",
        status=status,
        order=order,
        line=line,
        own=own,
        zone=zone,
        own_zone=clock.zone(zone),
        quoted=quoted,
        rows=_rows(quoted),
        rule=rule_of(Sold(line.title, terms, quoted.to.starts_at, zone), clock.now()),
        ways=cards.ways(),
        payment=given.get("payment", ""),
        given={name: given.getlist(name) for name in ("start", "length", "with")},
        faults=dict(faults or {}),
        key=str(new_id()),
        crumbs=_crumbs(order),
        back=url_for("customer.move", number=order.number, line_id=line_id, **_kept(given)),
        your_time=words.your_time,
    )


def _again(number: str, line_id: UUID, fact: Fact) -> Response:
    """Why it did not begin: next to the card, or, where it is the time, above those that are free now."""
    tx, said = db.session(), errors.faults_of(fact) or {"": errors.words_of(fact)}
    status = errors.status_of(fact)
    if set(said) & {"start", "end", "with", "product", "quantity"}:
        return _page(tx, number, line_id, request.form, faults=said, status=status)
    return _preview(tx, number, line_id, request.form, faults=said, status=status)


def _booking(tx: Tx, number: str, line_id: UUID) -> tuple[Order, OrderLine, Hold]:
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


def _wish(own: Hold, given: Any) -> Wish:
    """The time of a form or an address. Raises Invalid on `start`, or NotFound."""
    start = face.moment(given.get("start"))
    if start is None:
        raise Invalid({"start": NO_TIME})
    minutes = face.whole(given.get("length"))
    length = minutes * MINUTE if minutes and minutes > 0 else own.ends_at - own.starts_at
    return Wish(start, _end(start, length), picker.wishes_of(given))


def _end(start: datetime, length: timedelta) -> datetime:
    try:
        return start + length
    except OverflowError:
        raise Invalid({"end": NO_TIME}) from None


def _kept(given: Any) -> dict[str, Any]:
    return {name: given.getlist(name) for name in ("start", "length", "with") if given.get(name)}


def _crumbs(order: Order) -> list[tuple[str, str]]:
    return [
        (_("My bookings"), url_for("customer.bookings")),
        (order.number, url_for("customer.order", number=order.number)),
    ]


def _rows(quoted: Quote) -> list[dict[str, Any]]:
    """The difference, line by line, as the price table takes it."""
    said, currency = quoted.difference, quoted.currency
    rows: list[dict[str, Any]] = [
        {"label": _("New time"), "amount": Money(quoted.to.amount, currency)},
        {"label": _("Paid already"), "amount": Money(-quoted.line.amount, currency), "kind": "discount"},
    ]
    if said.points:
        rows.append(
            {
                "label": _("Comes back as points"),
                "amount": Money(said.points * orders.POINT_VALUE, currency),
                "kind": "points",
            }
        )
    if said.amount or said.points:
        return [*rows, {"label": _("Comes back to your card"), "amount": Money(said.amount, currency), "kind": "total"}]
    return [*rows, {"label": _("To pay now"), "amount": Money(said.charge, currency), "kind": "total"}]


def _window(name: str, state: str | None) -> str | None:
    """Where the customer has to go next, with a provider that takes nothing before they agreed in its own window."""
    if state != "waiting" or not payments.current().customer_begins:
        return None
    with transaction() as tx:
        return moving.get_move(tx, name).action_url
