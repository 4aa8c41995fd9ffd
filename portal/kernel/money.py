"""Money: a decimal amount with its currency, and the two things done to it: rounding and sharing out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

# ISO 4217 minor units of the currencies the portal sells in.
EXPONENTS = {"KRW": 0, "JPY": 0, "USD": 2, "EUR": 2, "GBP": 2}


@dataclass(frozen=True, order=True)
class Money:
    """An amount of one currency. Arithmetic between two currencies is an error, not a conversion."""

    amount: Decimal
    currency: str = "KRW"

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, factor: int | Decimal) -> "Money":
        return Money(rounded(self.amount * factor, self.currency), self.currency)

    def _same(self, other: "Money") -> None:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")


def exponent(currency: str) -> int:
    """How many decimals the currency has. Raises KeyError for one the portal does not sell in."""
    return EXPONENTS[currency]


def rounded(amount: Decimal, currency: str, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The amount in whole minor units of its currency."""
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)), rounding=rounding)


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount as a count of minor units, as providers speak. Raises ValueError if it has a fraction of one."""
    minor = amount.scaleb(exponent(currency))
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} {currency} is not a whole number of minor units")
    return int(minor)


def from_minor(minor: int, currency: str) -> Decimal:
    """The amount that a count of minor units stands for."""
    return Decimal(minor).scaleb(-exponent(currency))


def share_out(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Splits `amount` in proportion to `weights` so that the parts add up to it exactly (largest remainder method)."""
    total = sum(weights, Decimal(0))
    if total == 0:
        return [Decimal(0) for _ in weights]
    unit = Decimal(1).scaleb(-exponent(currency))
    exact = [amount * weight / total for weight in weights]
    parts = [rounded(part, currency, ROUND_DOWN) for part in exact]
    left = int((amount - sum(parts, Decimal(0))) / unit)
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[:left]:
        parts[i] += unit
    return parts
