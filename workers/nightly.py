"""The nightly reconciliation: once in twenty-four hours for every provider, over the last days."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from portal.domains import reconciliation
from portal.domains.payments import Gateway
from portal.kernel import log
from portal.kernel.db import Tx
from portal.kernel.steps import Unknown

LOOKS_BACK = timedelta(days=3)
"""A run that was missed or interrupted is made up for by the next one."""


def compare_all(
    transactions: Callable[[], AbstractContextManager[Tx]], gateways: Iterable[Gateway], *, now: datetime
) -> None:
    """Compares with each that is due; one that does not answer keeps nobody from the others."""
    for gateway in gateways:
        try:
            compare(transactions, gateway, now=now)
        except Unknown as unknown:
            log.get("reconciliation").warning("no answer", provider=gateway.name, error=str(unknown))


def compare(
    transactions: Callable[[], AbstractContextManager[Tx]], gateway: Gateway, *, now: datetime
) -> reconciliation.Outcome | None:
    """Runs it if it is due; None if it is not. Raises Unknown when the provider does not answer."""
    since = now - LOOKS_BACK
    with transactions() as tx:
        run_id = reconciliation.claim(tx, gateway.name, since=since, now=now)
    if run_id is None:
        return None
    outcome = reconciliation.reconcile(transactions, gateway, since=since, until=now, now=now, run_id=run_id)
    facts = {"provider": gateway.name, "compared": outcome.compared, "cured": outcome.cured, "late": outcome.late}
    log.get("reconciliation").info("compared", differences=outcome.found, **facts)
    return outcome
