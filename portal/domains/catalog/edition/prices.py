"""Changes prices of an edition in memory, each among those of its product that are not over."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.dialects.postgresql import Range

from portal.domains.catalog import rules
from portal.domains.catalog.edition.products import note
from portal.domains.catalog.edition.reading import Edition
from portal.domains.catalog.models import Price, Product
from portal.domains.catalog.price_rules import make_room, take_over, told
from portal.domains.catalog.prices import PriceHasBegun
from portal.kernel.fields import Faults


def schedule_price(
    edition: Edition,
    product: Product,
    *,
    amount: Decimal,
    unit: str,
    starts_at: datetime | None,
    ends_at: datetime | None,
    currency: str,
    reason: str,
    zone: str,
) -> None:
    """A price from `starts_at` (now, if None), for ever or until `ends_at`, as prices.py says. Raises Invalid."""
    starts_at = starts_at or edition.now
    faults = Faults()
    rules.check_amount(faults, amount, currency)
    rules.check_unit(faults, unit, product.kind)
    rules.check_span(faults, starts_at, ends_at, edition.now)
    faults.stop()
    span = Range(starts_at, ends_at, bounds="[)")
    stored = edition.prices.setdefault(product.id, [])
    back = make_room([price for price in stored if price.valid.overlaps(span)], span, zone)
    how = {"amount": amount, "currency": currency, "unit": unit, "reason": reason, "set_by": edition.by}
    price = Price(product_id=product.id, valid=span, **how)
    stored += [price, *back]
    stored.sort(key=lambda one: one.valid.lower or edition.now)
    edition.coming += [price, *back]
    _count(edition, product)
    note(edition, product, "price.scheduled", **told(price), unit=unit)


def cancel_price(edition: Edition, product: Product, price: Price, *, reason: str) -> None:
    """Takes back a price that has not begun; the one before it goes on. Raises PriceHasBegun."""
    begins, stored = price.valid.lower, edition.prices[product.id]
    if begins is None or begins <= edition.now:
        raise PriceHasBegun
    stored.remove(price)
    edition.gone.append(price)
    for before in stored:
        if before.valid.upper == begins:
            take_over(before, price)
    _count(edition, product)
    note(edition, product, "price.cancelled", **told(price) | {"reason": reason})


def _count(edition: Edition, product: Product) -> None:
    edition.repriced[product.id] = edition.repriced.get(product.id, 0) + 1
