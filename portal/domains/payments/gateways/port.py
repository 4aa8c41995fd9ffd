"""What the portal needs of a payment provider, in the portal's words.

Every call either answers or raises Unknown: no answer, a broken connection, a server error. Unknown is never a no.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

ChargeStatus = Literal["open", "paid", "refused", "action_needed", "working", "cancelled"]
RepaymentStatus = Literal["done", "pending", "failed"]


@dataclass(frozen=True)
class Charge:
    """What a charge is at the provider. `open`: known there, and nothing has been taken. `working`: not decided."""

    ref: str
    status: ChargeStatus
    reason: str | None = None
    """Why it was refused, as the provider's code (insufficient_funds, …)."""
    url: str | None = None
    """Where the customer has to confirm, when an action is needed."""


@dataclass(frozen=True)
class Repayment:
    """Money on its way back. `pending` may last days and is neither done nor failed."""

    ref: str
    status: RepaymentStatus
    reason: str | None = None


@dataclass(frozen=True)
class Event:
    """Something the provider tells us by itself. A hint to look, never a fact to believe."""

    id: str
    kind: str
    order_number: str | None
    charge_ref: str | None
    repayment: Repayment | None = None


class Gateway(Protocol):
    """A payment provider. Keys are ours; the provider does a thing once per key."""

    name: str

    def open(self, *, amount: Decimal, currency: str, order_number: str, key: str) -> str:
        """Prepares a charge that takes nothing yet; returns the provider's reference."""
        ...

    def confirm(self, ref: str, *, token: str, return_url: str, key: str) -> Charge:
        """Takes the money, or says what is in the way."""
        ...

    def cancel(self, ref: str, *, key: str) -> Charge:
        """Closes a charge that has taken nothing; the answer is what it is now, which may be paid."""
        ...

    def find(self, ref: str) -> Charge:
        """What the charge is now. Authoritative."""
        ...

    def find_by_key(self, order_number: str, key: str) -> Charge | None:
        """Looks for the charge opened under our key. None is not proof of absence: the search may lag."""
        ...

    def repay(self, charge_ref: str, *, amount: Decimal, currency: str, key: str) -> Repayment:
        """Sends money back. Raises RepaymentRefused when the provider says no."""
        ...

    def find_repayment(self, charge_ref: str, key: str) -> Repayment | None:
        """Looks for the repayment sent under our key."""
        ...

    def read_event(self, headers: Mapping[str, str], body: bytes) -> Event:
        """Checks the signature of a webhook and reads it. Raises Forged."""
        ...


class Forged(Exception):
    """A webhook that the provider did not sign."""


class RepaymentRefused(Exception):
    """The provider will not send the money back; the sentence is its code."""
