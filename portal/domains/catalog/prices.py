"""Writes prices: each begins at a moment, ends the one before it, and is never changed after it began."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import Range

from portal.domains import audit
from portal.domains.catalog import rules
from portal.domains.catalog.models import Price, Product
from portal.domains.catalog.price_rules import make_room, take_over, told
from portal.kernel.db import Tx
from portal.kernel.errors import N_, NotFound, Refusal, Stale
from portal.kernel.fields import Faults
from portal.kernel.versions import locked


class PriceHasBegun(Refusal):
    """Customers have seen this price, so it stays in the history."""

    code = "price-has-begun"
    message = N_("This price has begun already. Set a new one instead; the history keeps both.")


def schedule_price(
    tx: Tx,
    product_id: UUID,
    *,
    amount: Decimal | None,
    unit: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    currency: str = "KRW",
    reason: str = "",
    set_by: UUID | None = None,
    now: datetime,
    zone: str = "Asia/Seoul",
    version: int | None = None,
) -> Price:
    """A price from `starts_at` (now, if not given), for ever or until `ends_at`.

    The price of that moment ends there; if the new one ends too, it comes back afterwards. Another price that begins in
    between is refused, never overwritten. `zone` is whose clock messages tell. `version`: of the prices that were seen.
    A change needs a `reason`; the first price does not. Raises Stale, Invalid, NotFound.
    """
    product = locked(tx, Product, product_id)  # one change of this product's prices at a time
    if version is not None and product.prices_version != version:
        raise Stale
    starts_at = starts_at or now
    faults = Faults()
    rules.check_amount(faults, amount, currency)
    rules.check_unit(faults, unit, product.kind)
    rules.check_span(faults, starts_at, ends_at, now)
    is_change = tx.scalar(select(Price.id).where(Price.product_id == product_id).limit(1)) is not None
    reason = faults.line("reason", reason, most=200, needed=is_change)
    faults.stop()
    span = Range(starts_at, ends_at, bounds="[)")
    met = list(
        tx.scalars(
            select(Price).where(Price.product_id == product_id, Price.valid.overlaps(span)).order_by(Price.valid)
        )
    )
    back = make_room(met, span, zone)
    tx.flush()
    price = Price(
        product_id=product_id, amount=amount, currency=currency, unit=unit, valid=span, reason=reason, set_by=set_by
    )
    tx.add_all([price, *back])
    _count(tx, product_id)
    audit.record(tx, set_by, "price.scheduled", "product", str(product_id), **told(price), unit=unit)
    return price


def cancel_price(tx: Tx, price_id: UUID, *, reason: str, now: datetime, by: UUID | None = None) -> None:
    """Takes back a price that has not begun; the one before it goes on.

    Raises PriceHasBegun, Invalid on `reason`, NotFound.
    """
    product_id = tx.scalar(select(Price.product_id).where(Price.id == price_id))
    if product_id is None:
        raise NotFound
    locked(tx, Product, product_id)
    price = tx.get(Price, price_id, populate_existing=True)
    if price is None:
        raise NotFound
    begins = price.valid.lower
    if begins is None or begins <= now:
        raise PriceHasBegun
    faults = Faults()
    reason = faults.line("reason", reason, most=200, needed=True)
    faults.stop()
    tx.delete(price)
    tx.flush()
    before = tx.scalar(select(Price).where(Price.product_id == product_id, func.upper(Price.valid) == begins))
    if before is not None:
        take_over(before, price)
    _count(tx, product_id)
    audit.record(tx, by, "price.cancelled", "product", str(product_id), **told(price) | {"reason": reason})


def _count(tx: Tx, product_id: UUID) -> None:
    """Not by the object: what is written about the product has a version of its own, which this leaves alone."""
    tx.flush()
    counted = update(Product).where(Product.id == product_id).values(prices_version=Product.prices_version + 1)
    tx.execute(counted.execution_options(synchronize_session=False))
    tx.expire(tx.get_one(Product, product_id), ["prices_version"])
