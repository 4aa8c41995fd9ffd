"""Rules of the catalog that need no database: what a price comes to, and what may be written into its rows."""

from datetime import datetime
from decimal import Decimal

from portal.domains.catalog.rates import Tag, price_for
from portal.kernel.errors import N_
from portal.kernel.fields import Faults
from portal.kernel.money import EXPONENTS, Money, exponent, rounded

UNITS_OF = {"booking": ("booking", "person", "half_hour", "hour"), "goods": ("piece",)}
"""What a price may be for, by the kind of product."""

HIGHEST_AMOUNT = Decimal(1_000_000_000)
LAST_YEAR = 2100
MOST_STOCK = 1_000_000
MOST_ATTRIBUTES = 40


def total_for(price: Tag, *, quantity: int, minutes: int, starts: datetime | None) -> Money:
    """What `quantity` (persons, units or pieces) for `minutes` come to.

    `starts` is when they begin, as the clock of the place shows it, and decides by which rate, for all of the time.
    None: for things to take along.

    A price per booking is for the whole of it, however many come; per person and per piece it is taken `quantity`
    times; per hour or half hour, `quantity` times every one begun.
    """
    times = {
        "booking": 1,
        "person": quantity,
        "piece": quantity,
        "half_hour": quantity * -(-minutes // 30),
        "hour": quantity * -(-minutes // 60),
    }[price.unit]
    return Money(price_for(price, starts).amount, price.currency) * times


def check_amount(faults: Faults, amount: Decimal | None, currency: str) -> None:
    """The amount of a price, None for none; faults are on `amount` and `currency`."""
    if currency not in EXPONENTS:
        faults.add("currency", N_("Prices are in one of %(known)s."), known=", ".join(EXPONENTS))
    if amount is None:
        faults.add("amount", N_("This cannot be empty."))
    elif not amount.is_finite():
        faults.add("amount", N_("Write an amount, such as 30000."))
    elif amount < 0:
        faults.add("amount", N_("A price cannot be below zero."))
    elif amount > HIGHEST_AMOUNT:
        faults.add("amount", N_("A price ends at %(most)s."), most=f"{HIGHEST_AMOUNT:,}")
    elif currency in EXPONENTS and amount != rounded(amount, currency):
        decimals = exponent(currency)
        whole = N_("%(currency)s has no smaller unit: write a whole number.")
        parts = N_("%(currency)s has %(decimals)s decimals at most.")
        faults.add("amount", parts if decimals else whole, currency=currency, decimals=decimals)


def check_unit(faults: Faults, unit: str, kind: str) -> str:
    """What the price is for; the fault is on `unit`."""
    if unit not in UNITS_OF[kind]:
        known = ", ".join(UNITS_OF[kind])
        faults.add("unit", N_("The price of this is for one of: %(known)s."), known=known)
    return unit


def check_span(faults: Faults, starts_at: datetime, ends_at: datetime | None, now: datetime) -> None:
    """When a price begins and ends; faults are on `starts_at` and `ends_at`."""
    for name, at in (("starts_at", starts_at), ("ends_at", ends_at)):
        if at is not None and at.year > LAST_YEAR:
            faults.add(name, N_("Choose a year until %(last)s."), last=LAST_YEAR)
    if starts_at < now:
        faults.add("starts_at", N_("A price cannot begin in the past: customers have seen another one."))
    if ends_at is not None and ends_at <= starts_at:
        faults.add("ends_at", N_("The price has to end after it begins."))


def check_attributes(faults: Faults, attributes: dict[str, object]) -> dict[str, object]:
    """Small facts by name: texts, numbers, yes or no; faults are on `attributes`."""
    if len(attributes) > MOST_ATTRIBUTES:
        faults.add("attributes", N_("At most %(most)s attributes."), most=MOST_ATTRIBUTES)
    kept: dict[str, object] = {}
    for name, value in attributes.items():
        checked = Faults()
        key = checked.line("name", name, most=40, needed=True)
        kept[key] = checked.line("value", value, most=200) if isinstance(value, str) else value
        if checked.found or not isinstance(value, str | int | bool):
            faults.add(
                "attributes", N_("«%(name)s» is not a short text, a whole number, yes or no."), name=str(name)[:40]
            )
    return kept
