"""One movement of money against our books: a pure rule, tested as a table."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from portal.domains.payments import Movement

IN_DOUBT = frozenset({"sent", "action_needed", "unknown"})
GIVEN_UP = frozenset({"refused", "cancelled"})
CAME_LATE = "charge_given_up_here"
"""The kind of difference that has a cure of its own (late.py)."""


@dataclass(frozen=True)
class Ours:
    """What our books say of a charge or a repayment."""

    state: str
    amount: Decimal
    currency: str
    number: str
    at: datetime
    ref: str | None
    key: str
    outside: bool = False
    """It is noted as settled outside: the provider need not know of it."""


@dataclass(frozen=True)
class Finding:
    """A difference, ready to be written."""

    kind: str
    ref: str
    number: str | None
    ours: Decimal | None
    theirs: Decimal | None
    currency: str
    at: datetime


def compare(there: Movement, here: Ours | None) -> str | None:
    """The kind of difference between the provider's row and ours; None where they agree.

    What is under way here by itself is the caller's to leave out.
    """
    if there.kind == "charge":
        if here is None:
            return "charge_unknown_here"
        if here.state in GIVEN_UP:
            return CAME_LATE
        if here.state in IN_DOUBT:
            return "charge_in_doubt_here"
    else:
        if here is None:
            return None if there.status == "failed" else "refund_unknown_here"
        if there.status == "failed":
            return None if here.state == "failed" else "refund_failed_there"
        if here.state not in {"done", "pending"}:
            return "refund_in_doubt_here"
    same = (here.amount, here.currency) == (there.amount, there.currency)
    return None if same else "amount_differs"


def finding(kind: str, there: Movement | None, here: Ours | None) -> Finding:
    """The difference with what both sides say."""
    known = there or here
    assert known is not None  # noqa: S101  # a difference has at least one side
    return Finding(
        kind=kind,
        ref=there.ref if there else (here.ref or here.key) if here else "",
        number=(here.number if here else None) or (there.order_number if there else None),
        ours=here.amount if here else None,
        theirs=there.amount if there else None,
        currency=known.currency,
        at=known.at,
    )
