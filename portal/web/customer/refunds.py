"""Asking for money back: the exact amounts are shown first, then asked for as shown."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import orders
from portal.domains import refunds as pipeline
from portal.domains.orders import Order
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Fact, Invalid, KeyReused, NotFound, Refusal
from portal.kernel.ids import new_id
from portal.web import errors
from portal.web.customer import face
from portal.web.customer.face import blueprint
from portal.web.customer.orders import details
from portal.web.database import db, transaction
from portal.web.guards import customer
from portal.web.htmx import is_fragment, render, see_other

LONGEST_KEY = 64
NOTHING_CHOSEN = N_("Choose at least one thing to give back.")


class AmountChanged(Refusal):
    """Time went on between looking and asking, and another amount would come back."""

    code = "amount-changed"
    message = N_(
        "Time went on, and what comes back is another amount now. Look at it once more; nothing was asked for yet."
    )


@blueprint.get("/orders/<number>/refund")
@customer
def refund(number: str) -> Response:
    tx = db.session()
    order = orders.get_by_number(tx, number, account_id=current_user.id)
    return _page(tx, order, _lines(order, request.args.getlist("line")))


@blueprint.post("/orders/<number>/refund/quote")
@customer
def quote(number: str) -> Response:
    """Works it out for other lines; browsers without scripts go on to the address that shows it."""
    tx = db.session()
    order = orders.get_by_number(tx, number, account_id=current_user.id)
    lines = _lines(order, request.form.getlist("line"))
    if is_fragment():
        return _page(tx, order, lines, reason=request.form.get("reason", ""))
    return see_other(url_for("customer.refund", number=order.number, line=lines))


@blueprint.post("/orders/<number>/refund")
@customer
def ask_refund(number: str) -> Response:
    form, now = request.form, clock.now()
    try:
        with transaction() as tx:
            order = orders.get_by_number(tx, number, account_id=current_user.id)
            lines = _lines(order, form.getlist("line"))
            if not lines:
                raise Invalid({"line": NOTHING_CHOSEN})
            asked = pipeline.request(
                tx,
                order,
                by=current_user.id,
                reason=form.get("reason", ""),
                now=now,
                line_ids=lines,
                idempotency_key=form.get("key", "")[:LONGEST_KEY] or None,
            )
            if form.get("shown") not in {None, _sum(asked.amount, asked.points, asked.accrual)}:
                raise AmountChanged
    except (Invalid, Refusal, KeyReused) as fact:
        return _again(number, fact)
    flash(_("We got your request and will look at it soon."), "success")
    return see_other(url_for("customer.order", number=number))


@blueprint.post("/orders/<number>/refund/<uuid:refund_id>/withdrawal")
@customer
def withdraw_refund(number: str, refund_id: UUID) -> Response:
    """The request is taken back; whoever decided a moment before was first, and the order's page shows what."""
    try:
        with transaction() as tx:
            order = orders.get_by_number(tx, number, account_id=current_user.id)
            if pipeline.get_refund(tx, refund_id).order_id != order.id:
                raise NotFound
            pipeline.withdraw(tx, refund_id, by=current_user.id)
    except pipeline.AlreadyDecided as fact:
        flash(errors.words_of(fact), "info")
    else:
        flash(_("You took your request back. Your booking stands as it was."), "success")
    return see_other(url_for("customer.order", number=number))


def _again(number: str, fact: Fact) -> Response:
    """The page once more, with what was typed and why it did not go through."""
    tx = db.session()
    order = orders.get_by_number(tx, number, account_id=current_user.id)
    faults = errors.faults_of(fact) or {"": errors.words_of(fact)}
    lines = _lines(order, request.form.getlist("line"))
    return _page(tx, order, lines, reason=request.form.get("reason", ""), faults=faults, status=errors.status_of(fact))


def _page(
    tx: Tx,
    order: Order,
    chosen: Sequence[UUID],
    *,
    reason: str = "",
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    now = clock.now()
    problem, each, whole = "", {}, None
    try:
        each = {line.line.id: line.back for line in pipeline.quote(tx, order, now=now).lines}
        chosen = [line for line in chosen if line in each] or ([] if faults else list(each))
        whole = pipeline.quote(tx, order, now=now, line_ids=chosen) if chosen else None
    except pipeline.NotRefundable as fact:
        problem = errors.words_of(fact)
    return render(
        "customer/refund.html",
        "quote",
        status=409 if problem and status == 200 else status,
        order=order,
        chosen=chosen,
        each=each,
        quoted=whole,
        shown=_sum(whole.amount, whole.points, whole.accrual) if whole else "",
        before_fee=whole.amount + whole.fee + whole.points * orders.POINT_VALUE if whole else 0,
        nothing=whole is not None and not (whole.amount or whole.points),
        reason=reason,
        faults=dict(faults or {}),
        problem=problem,
        key=str(new_id()),
        **details(tx, order, now),
    )


def _lines(order: Order, values: Sequence[str]) -> list[UUID]:
    """The lines that were chosen. Raises NotFound for a line of another order."""
    found = face.ids(values)
    if not set(found) <= {line.id for line in order.lines}:
        raise NotFound
    return found


def _sum(amount: Any, points: int, accrual: int) -> str:
    """The amounts as one word, to notice that they have changed since they were shown."""
    return f"{amount:.2f} {points} {accrual}"
