"""What the product of a line costs, from now on and later."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from portal.domains.catalog import Price, Product, edition
from portal.kernel.errors import N_, Invalid
from portal.kernel.fields import Faults
from portal.seeds.columns import Change
from portal.seeds.job import Importing, noting
from portal.seeds.sheet import Line

USUAL_UNIT = {"booking": "booking", "goods": "piece"}


def set_prices(job: Importing, line: Line, product: Product, faults: Faults) -> None:
    """The price of now, and where the line tells of later ones, these in place of those that were scheduled."""
    now = {"amount": "price", "starts_at": "price", "unit": "price_unit", "ends_at": "later_prices"}
    later = line.cells.get("later_prices")
    if later is None:
        with noting(faults, **now):
            _set_price(job, line, product, None)
        return
    if any(one.since <= job.now for one in later):
        faults.add("later_prices", N_("a later price begins later than now"))
        later = []
    if [one.since for one in later] != sorted({one.since for one in later}):
        faults.add("later_prices", N_("later prices stand in the order of their beginnings"))
        later = []
    stored = list(job.edition.prices.get(product.id, ()))
    same_now = "price" not in line.cells or _is(_current(stored, job.now), line, product, job)
    if same_now and _changes(stored, job.now) == [(one.since, one.amount, one.unit) for one in later]:
        return
    for price in stored:
        if price.valid.lower and price.valid.lower > job.now:
            edition.cancel_price(job.edition, product, price, reason="import")
    with noting(faults, **now):
        _set_price(job, line, product, _end_of(later, -1))
    for at, change in enumerate(later):
        if change.amount is not None:
            with noting(faults, **dict.fromkeys(("amount", "unit", "starts_at", "ends_at"), "later_prices")):
                _schedule(job, line, product, change.amount, change.unit, change.since, _end_of(later, at))


def _set_price(job: Importing, line: Line, product: Product, ends_at: datetime | None) -> None:
    """The price from now on, if it is another than now's; until the next one that is scheduled already."""
    stored = job.edition.prices.get(product.id, ())
    current = _current(stored, job.now)
    if "price" not in line.cells:
        if "price_unit" in line.cells and (current is None or current.unit != line.cells["price_unit"]):
            raise Invalid({"price": N_("say what the price is when you say what it is for")})
        return
    if _is(current, line, product, job) and (ends_at is None or (current and current.valid.upper == ends_at)):
        return
    later = [price.valid.lower for price in stored if price.valid.lower]
    ends_at = ends_at or min((start for start in later if start > job.now), default=None)
    _schedule(job, line, product, line.cells["price"], _unit(current, line, product), None, ends_at)


def _is(current: Price | None, line: Line, product: Product, job: Importing) -> bool:
    if current is None:
        return False
    wanted = (line.cells["price"], _unit(current, line, product), line.cells.get("currency", job.currency))
    return (current.amount, current.unit, current.currency) == wanted


def _unit(current: Price | None, line: Line, product: Product) -> str:
    return str(line.cells.get("price_unit") or (current.unit if current else USUAL_UNIT[product.kind]))


def _schedule(
    job: Importing,
    line: Line,
    product: Product,
    amount: Decimal,
    unit: str,
    starts_at: datetime | None,
    ends_at: datetime | None,
) -> None:
    edition.schedule_price(
        job.edition,
        product,
        amount=amount,
        unit=unit,
        starts_at=starts_at,
        ends_at=ends_at,
        currency=line.cells.get("currency", job.currency),
        reason="import",
        zone=job.time_zone,
    )


def _end_of(later: Sequence[Change], at: int) -> datetime | None:
    """When the prices that follow one another without a gap from the one at `at` (-1: from now's) come to an end.

    Each is written until then at once: one that ended sooner would let the one before it come back.
    """
    return next((one.since for one in later[at + 1 :] if one.amount is None), None)


def _changes(stored: Sequence[Price], now: datetime) -> list[tuple[datetime | None, Decimal | None, str]]:
    """The same as a file tells them, of the prices that are not over."""
    changes: list[tuple[datetime | None, Decimal | None, str]] = []
    ends: datetime | None = None
    for price in stored:
        since = price.valid.lower
        if since is not None and since > now:
            if ends is not None and ends < since:
                changes.append((ends, None, ""))
            changes.append((since, price.amount, price.unit))
        ends = price.valid.upper
    return [*changes, (ends, None, "")] if ends is not None else changes


def _current(stored: Sequence[Price], now: datetime) -> Price | None:
    return next((price for price in stored if now in price.valid), None)
