"""Moving a booking to the time that was chosen: see the exact difference, agree, come back from the bank."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog, moving, orders, payments, resources
from portal.domains.moving import Quote, Wish
from portal.domains.reservations import Behind, Hold
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Fact, Invalid
from portal.kernel.ids import new_id
from portal.kernel.money import Money
from portal.web import errors
from portal.web.customer import cards, face, paying, picker, words
from portal.web.customer import moving as choosing
from portal.web.customer.checkout import LONGEST_KEY, UNKNOWN_CARD
from portal.web.customer.face import blueprint, settings
from portal.web.customer.moving import MINUTE, OF_A_LINE
from portal.web.customer.orders import house
from portal.web.database import db, transaction
from portal.web.guards import customer
from portal.web.htmx import render, see_other
from portal.web.lines import behind_the_line
from portal.web.refund_words import Sold, rule_of

NO_TIME = N_("Choose a time.")


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
        order, _line, own = choosing.booking(tx, number, line_id)
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


def _preview(
    tx: Tx, number: str, line_id: UUID, given: Any, *, faults: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    order, line, own = choosing.booking(tx, number, line_id)
    try:
        quoted = moving.quote(tx, order, line_id, _wish(own, given), house=house(), now=clock.now())
    except Fact as fact:
        if errors.status_of(fact) == 404:
            raise
        said = errors.faults_of(fact) or {"": errors.words_of(fact)}
        return choosing.page(
            tx, number, line_id, given, faults=dict(faults or {}) or said, status=errors.status_of(fact)
        )
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
        crumbs=choosing.crumbs(order),
        back=url_for("customer.move", number=order.number, line_id=line_id, **choosing.kept(given)),
        your_time=words.your_time,
    )


def _again(number: str, line_id: UUID, fact: Fact) -> Response:
    """Why it did not begin: next to the card, or, where it is the time, above those that are free now."""
    tx, said = db.session(), errors.faults_of(fact) or {"": errors.words_of(fact)}
    status = errors.status_of(fact)
    if set(said) & {"start", "end", "with", "product", "quantity"}:
        return choosing.page(tx, number, line_id, request.form, faults=said, status=status)
    return _preview(tx, number, line_id, request.form, faults=said, status=status)


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
