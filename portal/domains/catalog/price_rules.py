"""Rules of a price among others that need no database: whom it ends, who is in its way, who takes over from it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.dialects.postgresql import Range

from portal.domains.catalog.models import Price
from portal.kernel import words
from portal.kernel.errors import N_, Invalid


def make_room(met: Iterable[Price], span: Range[datetime], zone: str) -> list[Price]:
    """Ends the price that is in force when the new one begins; answers how it comes back after it, if it does.

    `met`: those that overlap the span. Another that begins in it is in the way: raises Invalid, and nothing is changed.
    """
    others = list(met)
    for other in others:
        if span.lower and other.valid.lower and other.valid.lower >= span.lower:
            raise Invalid({"starts_at": _in_the_way(other, span.lower, zone)})
    return [price for other in others for price in _end(other, span)]


def take_over(before: Price, gone: Price) -> None:
    """Lets the price before one that is taken back go on for as long."""
    before.valid = Range(before.valid.lower, gone.valid.upper, bounds="[)")


def told(price: Price) -> dict[str, str]:
    """What is told of it where acts are told."""
    begins = price.valid.lower.isoformat() if price.valid.lower else ""
    return {"amount": str(price.amount), "currency": price.currency, "starts_at": begins, "reason": price.reason}


def _end(other: Price, span: Range[datetime]) -> list[Price]:
    until = other.valid.upper
    other.valid = Range(other.valid.lower, span.lower, bounds="[)")
    if span.upper is None or (until is not None and until <= span.upper):
        return []
    back = {"amount": other.amount, "currency": other.currency, "unit": other.unit, "set_by": other.set_by}
    valid = Range(span.upper, until, bounds="[)")
    return [Price(product_id=other.product_id, valid=valid, reason=other.reason, **back)]


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
