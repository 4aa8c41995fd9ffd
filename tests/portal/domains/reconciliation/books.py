"""Comparing both books as tests do it: with a clock that is an hour ahead, so that all of it has settled."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from portal.domains import payments, reconciliation
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from portal.kernel.steps import Unknown
from tests import factories
from tests.support.till import Shop


def run(shop: Shop, *, later: timedelta = timedelta(hours=1), silent: bool = False) -> reconciliation.Outcome:
    """Compares the last hour, as seen an hour from now. `silent`: asked about one charge, the provider says nothing."""
    now = clock.now() + later
    since = clock.now() - timedelta(hours=1)
    gateway = payments.current()
    try:
        asked: Any = Silent(gateway) if silent else gateway
        return reconciliation.reconcile(opening(shop), asked, since=since, until=now, now=now)
    finally:
        payments.plug(gateway)


def opening(shop: Shop) -> Callable[[], AbstractContextManager[Tx]]:
    return lambda: transaction(shop.engine)


def differences(shop: Shop, state: str = "open") -> list[tuple[str, str | None]]:
    with transaction(shop.engine) as tx:
        return [(one.kind, one.number) for one in reconciliation.find_differences(tx, state=state)]


def bought(shop: Shop, **how: Any) -> Any:
    order = shop.order(**how)
    assert shop.drive("payment", order.number) == "done"
    return order


def dismissed(shop: Shop, reason: str = "Paid in cash; noted by hand.") -> None:
    with transaction(shop.engine) as tx:
        (one,) = reconciliation.find_differences(tx) or reconciliation.find_differences(tx, state="dismissed")
        by = factories.account(tx).id
        reconciliation.dismiss(tx, one.id, by=by, reason=reason, now=clock.now())


class Silent:
    """A provider that lists what moved and then falls silent."""

    def __init__(self, gateway: payments.Gateway) -> None:
        self.name, self.find, self._gateway = gateway.name, gateway.find, gateway

    def movements(self, *span: Any) -> Any:
        found = list(self._gateway.movements(*span))
        payments.plug(self)  # type: ignore[arg-type]  # has what it is asked for from here on
        return iter(found)

    def taken(self, _ref: str) -> None:
        raise Unknown("nobody answers")
