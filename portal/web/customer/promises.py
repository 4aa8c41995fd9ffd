"""What may be given back until when, of what somebody is about to buy and of what they have bought."""

import zlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask_login import current_user

from portal.domains import catalog, refunds
from portal.domains import orders as order_book
from portal.domains.catalog import RefundTerms
from portal.domains.orders import Order
from portal.domains.reservations import Hold
from portal.domains.resources import Place
from portal.kernel.db import Tx
from portal.web.customer.basket import Basket
from portal.web.refund_words import Sold, rules_of

TERMS = "terms-"


def of_basket(tx: Tx, basket: Basket, now: datetime) -> list[str]:
    """Places keep the rule of the moment they were held; goods are sold under the one in force."""
    held = basket.held
    terms = catalog.terms_of_rules(tx, [place.hold.refund_rule_id for place in held])
    sold = [
        Sold(place.product.name, terms[place.hold.refund_rule_id], place.hold.starts_at, place.zone) for place in held
    ]
    first = min(held, key=lambda place: place.hold.starts_at, default=None)
    for item in basket.chosen:
        said = catalog.terms_in_force(tx, item.product.id)
        sold.append(
            Sold(item.product.name, said, first.hold.starts_at, first.zone)
            if first
            else Sold(item.product.name, said, timed=False)
        )
    return rules_of(sold, now)


def marks_of_basket(tx: Tx, basket: Basket) -> dict[str, str]:
    """A field and a mark for the terms of each thing to take along, so that the page can say what it showed."""
    return {f"{TERMS}{item.product.id}": _mark(catalog.terms_in_force(tx, item.product.id)) for item in basket.chosen}


def kept(tx: Tx, order: Order, shown: Mapping[str, str]) -> bool:
    """Whether the order was written under the terms that the page showed, as far as it showed any."""
    if not any(field.startswith(TERMS) for field in shown):
        return True
    goods = [line for line in order_book.get_order(tx, order.id).lines if line.kind == "goods"]
    terms = catalog.terms_of_rules(tx, [line.refund_rule_id for line in goods])
    marks = {f"{TERMS}{line.product_id}": _mark(terms[line.refund_rule_id]) for line in goods}
    return all(shown.get(field, mark) == mark for field, mark in marks.items())


def of_order(tx: Tx, order: Order, held: Mapping[UUID, Hold], venues: Mapping[UUID, Place], now: datetime) -> list[str]:
    """By the rules its lines were bought under; what was given back already is left out."""
    active = [line for line in order.lines if line.state == "active"]
    terms = catalog.terms_of_rules(tx, [line.refund_rule_id for line in active])
    starts = refunds.starts_of(order, {hold.id: hold.starts_at for hold in held.values()})
    zones = {hold.id: venues[hold.resource_id].time_zone for hold in held.values()}
    usual = next(iter(zones.values()), current_user.time_zone)
    return rules_of(
        [
            Sold(
                line.title,
                terms[line.refund_rule_id],
                starts[line.id],
                zones[line.hold_id] if line.hold_id else usual,
                timed=bool(held),
            )
            for line in active
        ],
        now,
    )


def _mark(terms: RefundTerms) -> str:
    return f"{zlib.crc32(repr(terms).encode()):08x}"
