"""One order: its story as it happens, what was ordered, and what it cost."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog, payments, refunds, reservations, resources
from portal.domains import orders as order_book
from portal.domains.orders import Order
from portal.kernel import clock, sagas
from portal.kernel.db import Tx
from portal.kernel.money import Money
from portal.web import htmx
from portal.web.customer import promises, story, words
from portal.web.customer.face import blueprint
from portal.web.database import db, transaction
from portal.web.guards import customer
from portal.web.htmx import render, see_other

NEVER = 0


@blueprint.get("/orders/<number>")
@customer
def order(number: str) -> Response:
    if payments.brings_something(request.args) and (back := _back_from_the_bank(number)):
        return back
    tx, now = db.session(), clock.now()
    found = order_book.get_by_number(tx, number, account_id=current_user.id)
    asked = refunds.refunds_of(tx, found.id)
    payment = story.of_payment(found, sagas.engine().progress(tx, "payment", found.number))
    came_back = {one.refund_id for one in refunds.returned(tx, found.id)} if asked else set()
    told = [story.of_refund(refund, returned=refund.id in came_back) for refund in asked]
    sending = [refund.decided_at for refund in asked if refund.state == "approved" and refund.decided_at]
    since = max(sending, default=found.placed_at)
    going = payment.goes_on or bool(sending)
    pace = _pace(since, now, going=going, refunding=any(one.goes_on for one in told))
    version = story.version([payment, *told], pace)
    if htmx.is_fragment() and request.args.get("seen") == version:
        unchanged = Response(status=204)
        unchanged.vary.add("HX-Request")
        return unchanged
    shown = details(tx, found, now)
    if any(refund.state in {"requested", "approved"} for refund in asked):
        shown["can_refund"] = False
    return render(
        "customer/order.html",
        ["order_progress", "order_steps", "order_lines", "order_details"],
        order=found,
        payment=payment,
        refunds=list(zip(told, asked, strict=True)),
        pace=pace,
        seen=version,
        now=now,
        fragment=htmx.is_fragment(),
        **shown,
    )


def details(tx: Tx, found: Order, now: datetime) -> dict[str, Any]:
    """The lines with their times and places, and what can be done with the order."""
    held = {hold.id: hold for hold in reservations.holds(tx, [line.hold_id for line in found.lines if line.hold_id])}
    venues = {hold.resource_id: resources.get_resource(tx, hold.resource_id) for hold in held.values()}
    bookings = [line.hold_id for line in found.lines if line.hold_id]
    lines = []
    for line in found.lines:
        hold = held.get(line.hold_id) if line.hold_id else None
        lines.append(
            {
                "line": line,
                "hold": hold,
                "venue": venues[hold.resource_id] if hold else None,
                "product": catalog.get_product(tx, line.product_id),
                "booking": bookings.index(hold.id) + 1 if hold else None,
            }
        )
    return {
        "lines": lines,
        "your_time": words.your_time,
        "home": clock.zone(current_user.time_zone),
        "money_rows": _money(found),
        "rules": promises.of_order(tx, found, held, venues, now),
        "can_refund": found.state == "completed" and any(line.state == "active" for line in found.lines),
        "held": bool(held),
        "can_keep": bool(held) and found.state == "completed",
    }


def _money(order: Order) -> list[dict[str, Any]]:
    """What was paid with what, and what came back, as the price table takes it."""

    def told(label: str, amount: Decimal, kind: str = "base", note: str = "") -> dict[str, Any]:
        return {"label": label, "amount": Money(amount, order.currency), "kind": kind, "note": note}

    rows = [told(_("Together"), order.total)]
    if order.points_used:
        rows.append(told(_("Points"), Decimal(-order.points_used), "points"))
    rows.append(told(_("By card"), order.charge, "total"))
    if order.refunded:
        rows.append(told(_("Came back to your card"), -order.refunded, "discount"))
    return rows


def _back_from_the_bank(number: str) -> Response | None:
    """The provider sends its customers back here. They are believed nothing, but it is time to ask the provider."""
    with transaction() as tx:
        found = order_book.get_by_number(tx, number, account_id=current_user.id)
        if not payments.come_back(tx, found, request.args):
            return None
        return see_other(url_for("customer.order", number=found.number))


def _pace(since: datetime, now: datetime, *, going: bool, refunding: bool) -> int:
    """Seconds until the page looks again: often at first, seldom when it takes long, never when all is done."""
    if not going:
        return 20 if refunding else NEVER
    age = now - since
    return 1 if age < timedelta(seconds=45) else 4 if age < timedelta(minutes=10) else 20
