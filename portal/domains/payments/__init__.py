"""Payments: money from outside and back, each amount moved once under one key.

Owns:     payments, payment_attempts, provider_events.
Promises: an order is paid at most once, so is the difference of a move, and neither is ever repaid beyond what was paid
          (the database checks both); an answer that did not come is `unknown`, never a no; what the provider tells by
          itself is a hint to ask; money that comes after an order was given up is taken in by a saga of its own, once.
"""

from portal.domains.payments import charging, repaying
from portal.domains.payments.charging import charge, is_move, order_of, return_address
from portal.domains.payments.errors import (
    CardDeclined,
    ConfirmationRefused,
    NotConfirmed,
    NothingLeft,
    NotReturned,
    NotYet,
    RefundDeclined,
)
from portal.domains.payments.gateways import (
    Back,
    Charge,
    Event,
    Gateway,
    Movement,
    Repayment,
    Taken,
    current,
    named,
    plug,
    plugged,
)
from portal.domains.payments.gateways.port import Forged, RepaymentRefused
from portal.domains.payments.inbox import take_in
from portal.domains.payments.late import Late, begin_late, find_late, leave_late, look_up_late, take_in_late
from portal.domains.payments.models import LATE, OUTSIDE, Payment, PaymentAttempt
from portal.domains.payments.queries import (
    PendingRepayment,
    attempts_of,
    in_use,
    payments_of,
    pending_repayments,
    put_off,
    taken,
)
from portal.domains.payments.repaying import Part, release, reserve, settle
from portal.domains.payments.returning import brings_something, come_back

__all__ = [
    "LATE",
    "OUTSIDE",
    "Back",
    "CardDeclined",
    "Charge",
    "ConfirmationRefused",
    "Event",
    "Forged",
    "Gateway",
    "Late",
    "Movement",
    "NotConfirmed",
    "NotReturned",
    "NotYet",
    "NothingLeft",
    "Part",
    "Payment",
    "PaymentAttempt",
    "RefundDeclined",
    "PendingRepayment",
    "Repayment",
    "RepaymentRefused",
    "Taken",
    "attempts_of",
    "begin_late",
    "brings_something",
    "charge",
    "charging",
    "come_back",
    "current",
    "find_late",
    "in_use",
    "is_move",
    "leave_late",
    "look_up_late",
    "named",
    "order_of",
    "payments_of",
    "pending_repayments",
    "plug",
    "plugged",
    "put_off",
    "release",
    "repaying",
    "reserve",
    "return_address",
    "settle",
    "take_in",
    "take_in_late",
    "taken",
]
