"""Writes what a product costs at some times: each rate begins at a moment, and after that it is only ended."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range

from portal.domains import audit
from portal.domains.catalog import rules
from portal.domains.catalog.models import Product
from portal.domains.catalog.rate_models import PriceRate
from portal.domains.catalog.rates import ALL_DAY, EVERY_DAY, bits_of
from portal.kernel import words
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, NotFound, Refusal
from portal.kernel.fields import Faults
from portal.kernel.versions import locked

LAST_RANK = 20
LEAST_PERCENT, MOST_PERCENT = -100, 1000


class RateIsOver(Refusal):
    """It has ended, and what has been stays in the history."""

    code = "rate-is-over"
    message = N_("This has ended already; the history keeps it.")


@dataclass(frozen=True)
class RateFields:
    """What staff write, as in Rate; `rank` says which counts where several fit: the lowest."""

    rank: int
    weekdays: frozenset[int] = EVERY_DAY
    since: int = 0
    until: int = ALL_DAY
    first: date | None = None
    last: date | None = None
    yearly: bool = False
    percent: int | None = None
    amount: Decimal | None = None


def schedule_rate(
    tx: Tx,
    product_id: UUID,
    fields: RateFields,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    currency: str = "KRW",
    reason: str,
    set_by: UUID | None = None,
    now: datetime,
    zone: str = "Asia/Seoul",
) -> PriceRate:
    """A rate for who buys from `starts_at` (now, if not given) on, for ever or until `ends_at`.

    Another one of the same rank at that time is refused, never overwritten. Faults are on the fields of RateFields and
    on `starts_at`, `ends_at`, `reason`. Raises Invalid, NotFound.
    """
    product = locked(tx, Product, product_id)  # one change of this product's prices at a time
    starts_at = starts_at or now
    faults = Faults()
    _check(faults, fields, currency)
    if product.kind != "booking":
        faults.add("amount", N_("Only what is booked can cost something else at some times."))
    rules.check_span(faults, starts_at, ends_at, now)
    reason = faults.line("reason", reason, most=200, needed=True)
    faults.stop()
    span = Range(starts_at, ends_at, bounds="[)")
    _check_rank(tx, product_id, fields.rank, span, zone)
    rate = PriceRate(
        product_id=product_id,
        rank=fields.rank,
        weekdays=bits_of(fields.weekdays),
        minutes=Range(fields.since, fields.until, bounds="[)"),
        first_day=fields.first,
        last_day=fields.last,
        yearly=fields.yearly,
        percent=fields.percent,
        amount=fields.amount,
        currency=currency,
        valid=span,
        reason=reason,
        set_by=set_by,
    )
    tx.add(rate)
    tx.flush()
    audit.record(tx, set_by, "rate.scheduled", "product", str(product_id), reason=reason, **_details(rate))
    return rate


def end_rate(tx: Tx, rate_id: UUID, *, reason: str, now: datetime, by: UUID | None = None) -> None:
    """Ends the rate now; one that has not begun goes. Raises RateIsOver, Invalid on `reason`, NotFound."""
    product_id = tx.scalar(select(PriceRate.product_id).where(PriceRate.id == rate_id))
    if product_id is None:
        raise NotFound
    locked(tx, Product, product_id)
    rate = tx.get(PriceRate, rate_id, populate_existing=True)
    if rate is None:
        raise NotFound
    faults = Faults()
    reason = faults.line("reason", reason, most=200, needed=True)
    faults.stop()
    begins, ends = rate.valid.lower, rate.valid.upper
    if ends is not None and ends <= now:
        raise RateIsOver
    details = _details(rate)
    if begins is None or begins >= now:
        tx.delete(rate)
    else:
        rate.valid = Range(begins, now, bounds="[)")
        rate.ended_by, rate.ended_why = by, reason
    tx.flush()
    audit.record(tx, by, "rate.ended", "product", str(product_id), reason=reason, **details)


def _check(faults: Faults, fields: RateFields, currency: str) -> None:
    faults.whole("rank", fields.rank, least=1, most=LAST_RANK)
    if not fields.weekdays or not fields.weekdays <= EVERY_DAY:
        faults.add("weekdays", N_("Choose the days of the week."))
    if not 0 <= fields.since < ALL_DAY:
        faults.add("since", N_("It begins between 00:00 and 23:59."))
    elif not fields.since < fields.until <= fields.since + ALL_DAY:
        faults.add("until", N_("It has to end after it begins, within a day."))
    _check_season(faults, fields)
    if fields.amount is not None:
        rules.check_amount(faults, fields.amount, currency)
    if fields.percent is not None:
        faults.whole("percent", fields.percent, least=LEAST_PERCENT, most=MOST_PERCENT)
    if fields.percent is not None and fields.amount is not None:
        faults.add("amount", N_("Either percent or an amount, not both."))
    elif not fields.percent and fields.amount is None:
        faults.add("percent", N_("Write how many percent more or less, or another amount."))


def _check_season(faults: Faults, fields: RateFields) -> None:
    if fields.first is None and fields.last is None:
        if fields.yearly:
            faults.add("first", N_("Say from which day to which it is every year."))
    elif fields.first is None:
        faults.add("first", N_("Say the first day too."))
    elif fields.last is None:
        faults.add("last", N_("Say the last day too."))
    elif fields.last < fields.first and not fields.yearly:
        faults.add("last", N_("The last day cannot be before the first."))


def _check_rank(tx: Tx, product_id: UUID, rank: int, span: Range[datetime], zone: str) -> None:
    """Raises Invalid on `rank` where it is taken in this time, and says which one is free."""
    met = select(PriceRate.rank, func.lower(PriceRate.valid), func.upper(PriceRate.valid)).where(
        PriceRate.product_id == product_id, PriceRate.valid.overlaps(span)
    )
    found = tx.execute(met).all()
    taken = {number for number, _, _ in found}
    if rank not in taken:
        return
    since = min(begins for number, begins, _ in found if number == rank)
    free = next((number for number in range(1, LAST_RANK + 1) if number not in taken), 0)
    if not free:
        raise Invalid({"rank": N_("All numbers are taken then. End one first.")})
    message = N_("Number %(rank)s is taken since %(when)s. %(free)s is free; or end that one first.")
    raise Invalid({"rank": (message, {"rank": rank, "when": words.When(since, zone), "free": free})})


def _details(rate: PriceRate) -> dict[str, object]:
    more = {"percent": rate.percent} if rate.percent else {"amount": str(rate.amount), "currency": rate.currency}
    begins = rate.valid.lower.isoformat() if rate.valid.lower else ""
    return {"rank": rate.rank, "starts_at": begins, **more}
