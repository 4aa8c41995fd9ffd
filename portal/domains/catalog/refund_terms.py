"""What a refund rule says, without a database: how much comes back until when, and what is kept as a fee."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from portal.kernel.errors import N_
from portal.kernel.fields import Faults
from portal.kernel.money import rounded

LONGEST = 365 * 24
HIGHEST_FEE = Decimal(10_000_000)

TypedTier = tuple[int | None, int | None]


@dataclass(frozen=True)
class Tier:
    """Up to `hours` before the start, `percent` of the price comes back."""

    hours: int
    percent: int


@dataclass(frozen=True)
class RefundTerms:
    """Tiers, the longest time first (none: nothing ever comes back), and a fee kept of each thing given back: an
    amount in `currency`, or a percentage of the price."""

    tiers: tuple[Tier, ...] = ()
    fee: Decimal = Decimal(0)
    fee_percent: int = 0
    currency: str = "KRW"

    @property
    def refundable(self) -> bool:
        return bool(self.tiers)


USUAL = RefundTerms((Tier(24, 100), Tier(0, 50)))
"""Where no policy was ever written down: what every booking was sold under before there were any. Never changed,
because bookings without a rule of their own were bought with this promise."""


def terms_of(tiers: Sequence[Sequence[int]], fee: Decimal, fee_percent: int, currency: str) -> RefundTerms:
    """The terms as a row keeps them: each tier is [hours, percent]."""
    return RefundTerms(tuple(Tier(*tier) for tier in tiers), fee, fee_percent, currency)


def check_terms(
    faults: Faults,
    *,
    refundable: bool,
    tiers: Sequence[TypedTier],
    fee: Decimal | None,
    fee_percent: int | None,
    currency: str,
) -> RefundTerms:
    """The terms as they were typed; faults are on `hours_N` and `percent_N` (from 1), `fee`, `fee_percent`, and
    `refundable`."""
    typed = [(n, hours, percent) for n, (hours, percent) in enumerate(tiers, 1) if (hours, percent) != (None, None)]
    if not refundable:
        if typed or fee or fee_percent:
            faults.add("refundable", N_("If nothing comes back, leave the times and the fee empty."))
        return RefundTerms(currency=currency)
    if not typed:
        faults.add("hours_1", N_("Say until when something comes back, or that nothing ever does."))
    found = _checked(faults, typed)
    fee = _checked_fee(faults, fee or Decimal(0), currency)
    fee_percent = faults.whole("fee_percent", fee_percent or 0, least=0, most=100)
    if fee and fee_percent:
        faults.add("fee_percent", N_("The fee is an amount or a percentage, not both."))
    return RefundTerms(found, fee, fee_percent, currency)


def _checked(faults: Faults, typed: Sequence[tuple[int, int | None, int | None]]) -> tuple[Tier, ...]:
    """The tiers, the longest time first. A row's number stays with it, so that a fault is told where it was typed."""
    read = []
    for n, hours, percent in typed:
        before = faults.whole(f"hours_{n}", hours, least=0, most=LONGEST)
        share = faults.whole(f"percent_{n}", percent, least=1, most=100)
        if not {f"hours_{n}", f"percent_{n}"} & faults.found.keys():
            read.append((n, Tier(before, share)))
    read.sort(key=lambda row: row[1].hours, reverse=True)
    for (_, earlier), (n, later) in pairwise(read):
        if later.hours == earlier.hours:
            faults.add(f"hours_{n}", N_("This time is there twice."))
        elif later.percent >= earlier.percent:
            faults.add(f"percent_{n}", N_("Less comes back the later it gets."))
    return tuple(tier for _, tier in read)


def _checked_fee(faults: Faults, fee: Decimal, currency: str) -> Decimal:
    if not fee.is_finite() or not 0 <= fee <= HIGHEST_FEE or fee != rounded(fee, currency):
        faults.add("fee", N_("Write an amount, such as 3000, or leave it empty."))
    return fee
