"""What is ordered: a line for every hold, at the price and the refund rule fixed with it, and for everything
to take along, by those of now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.domains import catalog, reservations
from portal.domains.orders.errors import NothingToOrder
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, NotFound

MOST_OF_ONE_GOOD = 99


@dataclass(frozen=True)
class Goods:
    """So many of one product to take along."""

    product_id: UUID
    quantity: int


@dataclass(frozen=True)
class Line:
    """What the processes need of a line: what it is, and what it takes."""

    kind: str
    position: int
    product_id: UUID
    hold_id: UUID | None
    quantity: int


def by_product(line: Line) -> UUID:
    """In this order everybody takes and returns goods, so that two orders never wait for each other."""
    return line.product_id


def priced(
    tx: Tx, account_id: UUID, hold_ids: Sequence[UUID], goods: Sequence[Goods], now: datetime, currency: str
) -> list[dict[str, Any]]:
    """The lines of an order as columns, places first, and their currency.

    Raises NothingToOrder, NotFound, or Invalid on `goods` and `payment`.
    """
    if not hold_ids and not goods:
        raise NothingToOrder
    chosen = reservations.choices(tx, hold_ids)
    if {one.id for one in chosen if one.account_id == account_id} != set(hold_ids):
        raise NotFound
    offers = catalog.offers(tx, {one.product_id for one in chosen} | {one.product_id for one in goods}, now)
    booked = [_booking_line(offers[one.product_id], one) for one in chosen]
    along = catalog.most_along(tx, [one.product_id for one in chosen], {item.product_id for item in goods})
    lines = booked + [
        _goods_line(offers.get(item.product_id), item, along.get(item.product_id, MOST_OF_ONE_GOOD)) for item in goods
    ]
    _check_currency(lines, currency)
    return lines


def _booking_line(offer: catalog.Offer, hold: reservations.Choice) -> dict[str, Any]:
    return {
        "kind": "booking",
        "product_id": offer.id,
        "hold_id": hold.id,
        "title": offer.name,
        "quantity": hold.quantity,
        "amount": hold.amount,
        "currency": hold.currency,
        "refund_rule_id": hold.refund_rule_id,
    }


def _goods_line(offer: catalog.Offer | None, item: Goods, along: int) -> dict[str, Any]:
    """The line of something to take along, priced now; at most `along` go with what is booked. Raises NotFound, or
    Invalid on `goods`."""
    if offer is None:
        raise NotFound
    if offer.kind != "goods" or offer.price is None or not offer.on_sale:
        raise Invalid({"goods": (N_("%(name)s cannot be bought."), {"name": offer.name})})
    if not 1 <= item.quantity <= MOST_OF_ONE_GOOD:
        raise Invalid({"goods": (N_("Between 1 and %(most)s, please."), {"most": MOST_OF_ONE_GOOD})})
    if item.quantity > along:
        most = {"name": offer.name, "most": along}
        raise Invalid({"goods": (N_("At most %(most)s of %(name)s go with this booking."), most)})
    if (offer.stock or 0) < item.quantity:
        left = {"name": offer.name, "left": offer.stock or 0}
        raise Invalid({"goods": (N_("Only %(left)s of %(name)s are left."), left)})
    total = catalog.total_for(offer.price, quantity=item.quantity, minutes=0, starts=None)
    return {
        "kind": "goods",
        "product_id": offer.id,
        "hold_id": None,
        "title": offer.name,
        "quantity": item.quantity,
        "amount": total.amount,
        "currency": total.currency,
        "refund_rule_id": offer.refund_rule_id,
    }


def _check_currency(lines: list[dict[str, Any]], currency: str) -> None:
    """One order is paid in one currency. Raises Invalid on `payment`."""
    if {line["currency"] for line in lines} != {currency}:
        raise Invalid({"payment": (N_("Only prices in %(currency)s can be paid here."), {"currency": currency})})
