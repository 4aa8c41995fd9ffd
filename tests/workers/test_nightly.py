"""The nightly comparison: once a day, each provider for itself."""

from datetime import timedelta

from portal.domains import payments
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.support.till import Shop
from workers import nightly


def test_it_runs_once_a_day(shop: Shop) -> None:
    now = clock.now()

    def compare(later: timedelta) -> object:
        return nightly.compare(lambda: transaction(shop.engine), payments.current(), now=now + later)

    assert compare(timedelta(0))
    assert compare(timedelta(hours=23)) is None
    assert compare(timedelta(hours=24))


def test_a_provider_that_does_not_answer_keeps_nobody_from_the_others(shop: Shop) -> None:
    shop.provider.fault("retrieve", "error_before", times=1)

    nightly.compare_all(
        lambda: transaction(shop.engine),
        [payments.current(), Other(payments.current())],
        now=clock.now(),
    )

    done = shop.sql("SELECT provider, ended_at IS NOT NULL AS ended FROM reconciliations ORDER BY began_at, provider")
    assert sorted((row.provider, row.ended) for row in done) == [("other", True), ("stripe", False)]


def test_only_providers_that_charged_for_us_are_asked(shop: Shop) -> None:
    with transaction(shop.engine) as tx:
        assert [one.name for one in payments.in_use(tx)] == ["stripe"]


class Other:
    """The same provider by another name."""

    name = "other"

    def __init__(self, gateway: payments.Gateway) -> None:
        self.movements = gateway.movements
        self.find = gateway.find
