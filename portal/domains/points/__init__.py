"""Points: a ledger of what customers earned and used, in lots that expire.

Owns the tables points_accounts, points_lots, points_entries, points_spendings. Promises: the balance is the sum of the
ledger; available = balance − held, and nobody uses more; the ledger is appended to, never changed; every function with
a `key` acts once per key. Only `cancel_accrual` and `correct` may leave a balance below zero, and the next points pay
for it.
"""

from portal.domains.points.expiry import expire
from portal.domains.points.moving import correct
from portal.domains.points.queries import Balance, Entry, balance_of, balance_question, earned_by, entries_of, look_up
from portal.domains.points.refunding import cancel_accrual, give_back, take_again
from portal.domains.points.rules import accrual_for
from portal.domains.points.service import NotEnoughPoints, accrue, cancel_use, grant, use

__all__ = [
    "Balance",
    "Entry",
    "NotEnoughPoints",
    "accrual_for",
    "accrue",
    "balance_of",
    "balance_question",
    "cancel_accrual",
    "cancel_use",
    "correct",
    "earned_by",
    "entries_of",
    "expire",
    "give_back",
    "grant",
    "look_up",
    "take_again",
    "use",
]
