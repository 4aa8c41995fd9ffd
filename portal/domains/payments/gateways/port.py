"""What the portal needs of a payment provider, in the portal's words.

Every call either answers or raises Unknown: no answer, a broken connection, a server error. Unknown is never a no.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

ChargeStatus = Literal["open", "paid", "refused", "unconfirmed", "action_needed", "working", "cancelled"]
RepaymentStatus = Literal["done", "pending", "failed"]


@dataclass(frozen=True)
class Charge:
    """What a charge is at the provider. `open`: known there, nothing taken, ours to confirm. `working`: not decided.
    `unconfirmed`: the bank asked the customer, and they did not agree."""

    ref: str | None
    """The provider's reference; None as long as only the customer can begin the charge."""
    status: ChargeStatus
    reason: str | None = None
    """Why it was refused, as the provider's code (insufficient_funds, …)."""
    url: str | None = None
    """Where the customer has to act, when an action is needed."""


@dataclass(frozen=True)
class Repayment:
    """Money on its way back. `pending` may last days and is neither done nor failed."""

    ref: str
    status: RepaymentStatus
    reason: str | None = None


@dataclass(frozen=True)
class Taken:
    """What a charge has taken, and what of it went back by whatever way: ours, or by hand at the provider."""

    amount: Decimal
    currency: str
    repaid: Decimal


@dataclass(frozen=True)
class Event:
    """Something the provider tells us by itself. A hint to look, never a fact to believe."""

    id: str
    kind: str
    order_number: str | None
    charge_ref: str | None
    repayment: Repayment | None = None
    paid: bool = False
    """It says that money was taken."""
    signed: bool = True
    """False where the provider does not sign: anybody may have sent it."""


@dataclass(frozen=True)
class Back:
    """What a customer's browser says on its way back from the provider. Compared with what we know, never believed."""

    order_ref: str | None = None
    """The name under which the provider knows this attempt (`Gateway.order_ref`)."""
    ref: str | None = None
    """The charge the customer agreed to."""
    amount: Decimal | None = None
    refused: str | None = None
    """Why there is no charge, as the provider's code."""


@dataclass(frozen=True)
class Movement:
    """Money that moved, as the provider's own list tells it: a charge that was paid, or a repayment."""

    kind: Literal["charge", "repayment"]
    ref: str
    charge_ref: str
    amount: Decimal
    currency: str
    at: datetime
    status: Literal["paid", "done", "pending", "failed"]
    order_number: str | None = None
    key: str | None = None
    """Our key, where the provider's list tells it."""


class Gateway(Protocol):
    """A payment provider. Keys are ours; the provider does a thing once per key."""

    name: str
    customer_begins: bool
    """A charge begins in the customer's browser: before its reference is known here, nothing can have been taken."""

    def open(self, *, amount: Decimal, currency: str, order_number: str, return_url: str, key: str) -> Charge:
        """Prepares a charge that takes nothing yet: `open`, or `action_needed` where the customer has to begin it."""
        ...

    def confirm(
        self, ref: str, *, amount: Decimal, currency: str, order_number: str, token: str, return_url: str, key: str
    ) -> Charge:
        """Takes the money, or says what is in the way."""
        ...

    def cancel(self, ref: str, *, key: str) -> Charge | None:
        """Closes a charge that has taken nothing; the answer is what it is now, which may be paid."""
        ...

    def find(self, ref: str) -> Charge | None:
        """What the charge is now. Authoritative; None where the provider does not show it yet."""
        ...

    def find_by_key(self, order_number: str, key: str) -> Charge | None:
        """Looks for the charge opened under our key. None is not proof of absence: the search may lag."""
        ...

    def taken(self, ref: str) -> Taken | None:
        """What the charge has taken. None if it took nothing, or where the provider does not show it."""
        ...

    def repay(self, charge_ref: str, *, amount: Decimal, currency: str, key: str) -> Repayment:
        """Sends money back. Raises RepaymentRefused when the provider says no."""
        ...

    def find_repayment(self, charge_ref: str, key: str) -> Repayment | None:
        """Looks for the repayment sent under our key."""
        ...

    def movements(self, since: datetime, until: datetime) -> Iterator[Movement]:
        """Every paid charge and every repayment begun in this span, page by page. Raises Unknown between pages."""
        ...

    def order_ref(self, order_number: str, key: str) -> str:
        """What the provider calls this attempt to pay the order; another one for every attempt."""
        ...

    def read_return(self, query: Mapping[str, str]) -> Back | None:
        """What a customer who comes back brings along; None for somebody who just looks at the page."""
        ...

    def read_event(self, headers: Mapping[str, str], body: bytes) -> Event:
        """Checks the signature of a webhook, where there is one, and reads it. Raises Forged."""
        ...


class Forged(Exception):
    """A webhook that the provider did not send."""


class RepaymentRefused(Exception):
    """The provider will not send the money back; the sentence is its code."""
