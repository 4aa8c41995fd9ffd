"""Writes prices: each begins at a moment, ends the one before it, and is never changed after it began."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import Range

from portal.domains import audit
from portal.domains.catalog import rules
from portal.domains.catalog.models import Price, Product
from portal.kernel import words
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, NotFound, Refusal, Stale
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
    amount: Decimal,
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
    for other in met:
        if other.valid.lower is not None and other.valid.lower >= starts_at:
            raise Invalid({"starts_at": _in_the_way(other, starts_at, zone)})
    for other in met:
        _make_room(tx, other, span)
    price = Price(
        product_id=product_id, amount=amount, currency=currency, unit=unit, valid=span, reason=reason, set_by=set_by
    )
    tx.add(price)
    _count(tx, product_id)
    details = {"amount": str(amount), "currency": currency, "unit": unit, "starts_at": starts_at.isoformat()}
    audit.record(tx, set_by, "price.scheduled", "product", str(product_id), reason=reason, **details)
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
    begins, ends = price.valid.lower, price.valid.upper
    if begins is None or begins <= now:
        raise PriceHasBegun
    faults = Faults()
    reason = faults.line("reason", reason, most=200, needed=True)
    faults.stop()
    tx.delete(price)
    tx.flush()
    before = tx.scalar(select(Price).where(Price.product_id == product_id, func.upper(Price.valid) == begins))
    if before is not None:
        before.valid = Range(before.valid.lower, ends, bounds="[)")
    _count(tx, product_id)
    details = {"amount": str(price.amount), "currency": price.currency, "starts_at": begins.isoformat()}
    audit.record(tx, by, "price.cancelled", "product", str(product_id), reason=reason, **details)


def _count(tx: Tx, product_id: UUID) -> None:
    """Not by the object: what is written about the product has a version of its own, which this leaves alone."""
    tx.flush()
    counted = update(Product).where(Product.id == product_id).values(prices_version=Product.prices_version + 1)
    tx.execute(counted.execution_options(synchronize_session=False))
    tx.expire(tx.get_one(Product, product_id), ["prices_version"])


def _in_the_way(other: Price, starts_at: datetime, zone: str) -> tuple[str, dict[str, object]]:
    shown = words.money(other.amount, other.currency)
    if other.valid.lower == starts_at:
        return N_("A price of %(price)s begins at this very moment. Take it back first, or choose another time."), {
            "price": shown
        }
    when = words.When(other.valid.lower, zone) if other.valid.lower else ""
    return N_("A price of %(price)s begins on %(when)s. Let this one end by then, or take that one back first."), {
        "price": shown,
        "when": when,
    }


def _make_room(tx: Tx, other: Price, span: Range[datetime]) -> None:
    """Ends the price that is in force when the new one begins, and lets it come back after it."""
    until = other.valid.upper
    other.valid = Range(other.valid.lower, span.lower, bounds="[)")
    tx.flush()
    if span.upper is not None and (until is None or until > span.upper):
        back = {"amount": other.amount, "currency": other.currency, "unit": other.unit, "set_by": other.set_by}
        tx.add(
            Price(product_id=other.product_id, valid=Range(span.upper, until, bounds="[)"), reason=other.reason, **back)
        )
