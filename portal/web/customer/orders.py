"""One order: its story as it happens, what was ordered, and what it cost."""

from collections.abc import Sequence, Set
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog, moving, payments, refunds, reservations, resources
from portal.domains import orders as order_book
from portal.domains.orders import Order
from portal.kernel import clock, questions, sagas
from portal.kernel.db import Tx
from portal.kernel.money import Money
from portal.kernel.sagas import Progress
from portal.web import htmx
from portal.web.customer import pace, promises, story, words
from portal.web.customer.face import blueprint, settings
from portal.web.customer.late import of_late
from portal.web.customer.moved import of_move
from portal.web.database import db, transaction
from portal.web.guards import customer
from portal.web.htmx import render, see_other
from portal.web.pictures import covered


@blueprint.get("/orders/<number>")
@customer
def order(number: str) -> Response:
    if payments.brings_something(request.args) and (back := _back_from_the_bank(number)):
        return back
    tx, now = db.session(), clock.now()
    found = order_book.get_by_number(tx, number, account_id=current_user.id)
    every, moves, paid = questions.answers(
        tx,
        refunds.refunds_question(tx, found.id),
        moving.moves_question(tx, found.id),
        sagas.engine().progress_question(tx, "payment", found.number),
    )
    came_back = {one.of for one in refunds.returned(tx, found.id)} if every else set()
    move = _move_story(tx, moves, every, came_back)
    asked = [one for one in every if one.id not in {move.refund_id for move in moves}]
    payment, told = _stories(tx, found, paid, asked, came_back)
    again = pace.of_order(found, asked, now, paying=payment.goes_on, moves=moves)
    version = story.version([payment, *(tale for tale, _refund in told), *([move] if move else [])], again)
    if htmx.is_fragment() and request.args.get("seen") == version:
        unchanged = Response(status=204)
        unchanged.vary.add("HX-Request")
        return unchanged
    shown = details(tx, found, now)
    starts = {one["hold"].id: one["hold"].starts_at for one in shown["lines"] if one["hold"]}
    busy = any(refund.state in {"requested", "approved"} for refund in every)
    if busy or any(line.state == "moving" for line in found.lines):
        shown["can_refund"] = False
    return render(
        "customer/order.html",
        ["order_progress", "order_steps", "order_lines", "order_details"],
        order=found,
        payment=payment,
        refunds=told,
        move=move,
        latest=moves[0] if moves else None,
        movable=set() if busy else moving.movable(tx, found, house=house(), now=now, starts=starts),
        pace=again,
        seen=version,
        now=now,
        fragment=htmx.is_fragment(),
        state="refunding" if came_back else found.state,
        money_rows=_money(found, taken=_taken(tx, found), arrived=_arrived(asked, came_back)),
        **shown,
    )


def _stories(
    tx: Tx, found: Order, paid: Progress | None, asked: Sequence[refunds.Refund], came_back: Set[UUID]
) -> tuple[story.Story, list[tuple[story.Story, refunds.Refund]]]:
    """What the payment tells, and what each refund does. Late money and its way back are one story."""
    late = sagas.engine().progress(tx, "late_payment", found.number) if found.refusal else None
    told = [(story.of_refund(one, returned=one.id in came_back), one) for one in asked]
    if late is None:
        return story.of_payment(found, paid), told
    if found.state == "cancelled":
        return of_late(found, late, asked[0] if asked else None), []
    return of_late(found, late, None), told


def house() -> moving.House:
    """What this house says of moving."""
    knobs = settings()
    return moving.House(knobs.move_hours, knobs.points_rate, knobs.pay_within_minutes * 60)


def _move_story(
    tx: Tx, moves: Sequence[moving.Move], every: Sequence[refunds.Refund], came_back: Set[UUID]
) -> story.Story | None:
    """What the latest move tells."""
    if not moves:
        return None
    latest = moves[0]
    back = next((one for one in every if one.id == latest.refund_id), None)
    progress = sagas.engine().progress(tx, "move", latest.number)
    return of_move(latest, progress, back, returned=latest.refund_id in came_back)


def details(tx: Tx, found: Order, now: datetime) -> dict[str, Any]:
    """The lines with their times and places, and what can be done with the order."""
    bookings = [line.hold_id for line in found.lines if line.hold_id]
    sold = {line.product_id for line in found.lines}
    holds, products, pictures = questions.answers(
        tx,
        reservations.holds_question(tx, bookings),
        catalog.products_question(tx, sold),
        catalog.pictures_question(sold, first=True),
    )
    held = {hold.id: hold for hold in holds}
    venues = resources.places(tx, {hold.resource_id for hold in holds})
    shown = covered(pictures, {id: product.cover for id, product in products.items()})
    lines = []
    for line in found.lines:
        hold = held.get(line.hold_id) if line.hold_id else None
        lines.append(
            {
                "line": line,
                "hold": hold,
                "venue": venues[hold.resource_id] if hold else None,
                "product": products[line.product_id],
                "cover": shown[line.product_id],
                "booking": bookings.index(hold.id) + 1 if hold else None,
            }
        )
    return {
        "lines": lines,
        "your_time": words.your_time,
        "home": clock.zone(current_user.time_zone),
        "rules": promises.of_order(tx, found, held, venues, now),
        "can_refund": found.state == "completed" and any(line.state == "active" for line in found.lines),
        "held": bool(held),
        "can_keep": bool(held) and found.state == "completed",
    }


def _taken(tx: Tx, order: Order) -> bool:
    """Whether the card was charged, whatever came back since. For a cancelled order it was if its money came late."""
    return order.state != "cancelled" or order.id in payments.taken(tx, [order.id])


def _arrived(asked: Sequence[refunds.Refund], came_back: Set[UUID]) -> bool:
    """Whether all that was sent back has arrived at its customer's bank, as far as the bank has told."""
    return not came_back and all(one.state != "sent" for one in asked)


def _money(order: Order, *, taken: bool, arrived: bool) -> list[dict[str, Any]]:
    """What was paid with what, and what came back, as the price table takes it."""

    def told(label: str, amount: Decimal, kind: str = "base", note: str = "") -> dict[str, Any]:
        return {"label": label, "amount": Money(amount, order.currency), "kind": kind, "note": note}

    rows = [told(_("Together"), order.total)]
    if order.points_used:
        rows.append(told(_("Points"), Decimal(-order.points_used), "points"))
    if not taken:
        return [*rows, told(_("Charged"), Decimal(0), "total")]
    rows.append(told(_("By card"), order.charge, "total"))
    if order.refunded:
        label = _("Came back to your card") if arrived else _("Goes back to your card")
        rows.append(told(label, -order.refunded, "discount" if arrived else "base"))
    return rows


def _back_from_the_bank(number: str) -> Response | None:
    """The provider sends its customers back here. They are believed nothing, but it is time to ask the provider."""
    with transaction() as tx:
        found = order_book.get_by_number(tx, number, account_id=current_user.id)
        if not payments.come_back(tx, found, request.args):
            return None
        return see_other(url_for("customer.order", number=found.number))
