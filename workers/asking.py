"""Refunds that take days: a provider that told nobody, or told us while we were away, is asked every hour."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from portal.domains import payments, refunds
from portal.kernel import log
from portal.kernel.db import Tx
from portal.kernel.steps import Unknown

Transactions = Callable[[], AbstractContextManager[Tx]]

EVERY = timedelta(hours=1)
"""How long nothing has to be heard of a pending repayment before it is asked for."""
AT_ONCE = 20


def ask_all(transactions: Transactions, *, now: datetime) -> int:
    """Asks about those that are due, some at a time; answers how many came to their end.

    No call is made inside a transaction. A provider that does not answer ends the round: the clock has other jobs.
    """
    ended = 0
    with transactions() as tx:
        due = payments.pending_repayments(tx, before=now - EVERY, limit=AT_ONCE)
    for one in due:
        try:
            found = payments.named(one.provider).find_repayment(one.charge_ref, one.key)
        except Unknown as unknown:
            log.get("refunds").warning("no answer", provider=one.provider, error=str(unknown))
            _put_off(transactions, one)
            break
        if found is None or found.status == "pending":
            _put_off(transactions, one)
            continue
        with transactions() as tx:
            ended += refunds.settled(tx, found, one.charge_ref)
    return ended


def _put_off(transactions: Transactions, pending: payments.PendingRepayment) -> None:
    with transactions() as tx:
        payments.put_off(tx, pending.key)
