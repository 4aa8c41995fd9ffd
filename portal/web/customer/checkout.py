"""The checkout: what is held, what comes along, points, the price, and one button that pays it once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from portal.domains import orders, payments, reservations
from portal.kernel import clock, sagas
from portal.kernel.errors import N_, Fact, Invalid, KeyReused, Refusal
from portal.kernel.ids import new_id
from portal.web import errors, htmx
from portal.web.customer import cards, face, paying, promises, words
from portal.web.customer.basket import GOODS, Basket, basket_of
from portal.web.customer.face import blueprint, settings
from portal.web.database import db, transaction
from portal.web.guards import customer
from portal.web.htmx import see_other
from portal.web.pictures import covers

FIELD_OF = {
    "card-declined": "payment",
    "confirmation-refused": "payment",
    "not-confirmed": "payment",
    "out-of-stock": "goods",
    "not-enough-points": "points",
}
"""Next to which field a refused payment is explained; anything else stands on top."""
LONGEST_KEY = 64
WHOLE = N_("Write a whole number, such as 1.")
UNKNOWN_CARD = N_("Choose one of the cards.")
SENT_BEFORE = N_(
    "This was sent before, with other contents. You find it under «My bookings»; nothing was ordered twice."
)


class RuleChanged(Refusal):
    """Between looking and paying, somebody changed what of the goods may be given back."""

    code = "rule-changed"
    message = N_("What you may give back has changed meanwhile. Look at it once more; nothing was ordered yet.")


@blueprint.get("/checkout")
@customer
def checkout() -> Response:
    return page(request.args)


@blueprint.post("/checkout/points")
@customer
def change_points() -> Response:
    return changed(["breakdown"])


@blueprint.post("/checkout/goods")
@customer
def change_goods() -> Response:
    return changed(["points", "breakdown"])


@blueprint.post("/checkout/places")
@customer
def look_again() -> Response:
    """A hold ran out while the page was open."""
    return changed(["holds", "points", "breakdown"])


@blueprint.post("/checkout")
@customer
def pay() -> Response:
    try:
        number = _accepted()
    except KeyReused as fact:
        return again(errors.status_of(fact), faults={"": errors.say(SENT_BEFORE)})
    except Fact as fact:
        if errors.status_of(fact) == 404:
            raise
        return again(errors.status_of(fact), faults=errors.faults_of(fact) or {"": errors.words_of(fact)})
    state = paying.follow(number, seconds=settings().checkout_wait)
    if state == "compensated":
        return again(422, faults=_refused(number))
    return see_other(_window(number, state) or url_for("customer.order", number=number))


def page(
    given: MultiDict[str, str],
    *,
    status: int = 200,
    faults: Mapping[str, str] | None = None,
    blocks: Sequence[str] = (),
    without: UUID | None = None,
) -> Response:
    """The checkout with what was typed so far; for htmx the named blocks, each into its own place."""
    tx, now = db.session(), clock.now()
    if without:
        given = MultiDict((key, value) for key, value in given.items(multi=True) if value != str(without))
    basket = basket_of(tx, current_user.id, given, now, settings().default_currency)
    data: dict[str, Any] = {
        "basket": basket,
        "faults": dict(faults or {}),
        "top": {field: text for field, text in (faults or {}).items() if field},
        "covers": covers(tx, {product.id: product.cover for product in basket.products}),
        "ways": cards.ways(),
        "payment": given.get("payment", ""),
        "key": str(new_id()),
        "rules": promises.of_basket(tx, basket, now),
        "marks": promises.marks_of_basket(tx, basket),
        "length": words.length,
        "rows": _rows(basket),
        "now": now,
        "seconds": settings().hold_minutes * 60,
        "your_time": words.your_time,
        "fragment": htmx.is_fragment() and bool(blocks),
    }
    return htmx.render("customer/checkout.html", [*blocks, "said"] if blocks else None, status=status, **data)


def again(status: int, *, faults: Mapping[str, str], blocks: Sequence[str] = ()) -> Response:
    """The checkout once more, with what was typed and what is in the way."""
    return page(request.form, status=status, faults=faults, blocks=blocks)


def changed(blocks: Sequence[str], *, without: UUID | None = None) -> Response:
    """After a change: the blocks it touches for htmx; for browsers on to the page, with what was typed."""
    if htmx.is_fragment():
        return page(request.form, blocks=blocks, without=without)
    seen = [hold for hold in request.form.getlist("hold") if hold != str(without)]
    return see_other(url_for("customer.checkout", hold=seen, **kept(request.form)))


def kept(form: Mapping[str, str]) -> dict[str, Any]:
    """What was typed at the checkout, for an address: never a token, nor the key."""
    names = [name for name in form if name in {"points", "payment"} or name.startswith(GOODS)]
    return {name: form[name] for name in names if form[name].strip() not in {"", "0"}}


def _accepted() -> str:
    """The number of the order this form became. Whoever presses twice gets the same one twice."""
    try:
        return _accept()
    except reservations.HoldEnded:
        # The same form may have been first, at this very moment: then its order is found by the key.
        db.session().rollback()
        return _accept()


def _accept() -> str:
    knobs, form, now = settings(), request.form, clock.now()
    with transaction() as tx:
        basket = basket_of(tx, current_user.id, form, now, knobs.default_currency, offering=False)
        token = _checked(basket, form)
        order = orders.accept(
            tx,
            account_id=current_user.id,
            hold_ids=face.ids(form.getlist("hold")),
            goods=[orders.Goods(item.product.id, item.quantity) for item in basket.goods if item.quantity],
            points=basket.points or 0,
            token=token,
            idempotency_key=form.get("key", "")[:LONGEST_KEY] or None,
            now=now,
            currency=basket.currency,
            points_rate=knobs.points_rate,
            pay_within=knobs.pay_within_minutes * 60,
        )
        if not promises.kept(tx, order, form):
            raise RuleChanged
        return order.number


def _checked(basket: Basket, form: Mapping[str, str]) -> str:
    """The card's token. Raises Invalid for what cannot be read; what is not possible is the domain's to say."""
    faults = {item.field: WHOLE for item in basket.goods if item.quantity is None or item.quantity < 0}
    if basket.points is None:
        faults["points"] = WHOLE
    token = form.get("payment", "")
    if token and not cards.known(token):
        faults["payment"] = UNKNOWN_CARD
    if faults:
        raise Invalid(faults)
    return token


def _window(number: str, state: str | None) -> str | None:
    """Where the customer has to go next, with a provider that takes nothing before they agreed in its own window."""
    if state != "waiting" or not payments.current().customer_begins:
        return None
    with transaction() as tx:
        return orders.get_by_number(tx, number, account_id=current_user.id).action_url


def _refused(number: str) -> dict[str, str]:
    """Why a payment went back, next to the field that can be changed."""
    progress = sagas.engine().progress(db.session(), "payment", number)
    refusal = (progress and progress.refusal) or {}
    said = errors.say(refusal.get("message", ""), refusal.get("params")) or _("This order did not go through.")
    return {FIELD_OF.get(refusal.get("code", ""), ""): said}


def _rows(basket: Basket) -> list[dict[str, Any]]:
    """The price, line by line, as the price table takes it."""
    rows: list[dict[str, Any]] = [
        {"label": place.product.name, "amount": place.money, "note": _places_of(place.hold.quantity)}
        for place in basket.held
    ]
    rows += [
        {"label": _("%(name)s × %(count)s", name=item.product.name, count=item.quantity), "amount": item.amount}
        for item in basket.chosen
    ]
    if basket.used:
        rows.append({"label": _("Points"), "amount": basket.charge - basket.total, "kind": "points"})
    return [*rows, {"label": _("To pay by card"), "amount": basket.charge, "kind": "total"}]


def _places_of(quantity: int) -> str:
    return _("%(count)s places", count=quantity) if quantity > 1 else ""
