"""The sample world has a past, something in doubt and something to decide, all of it made as people make it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from portal.domains import identity
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from portal.reports.bookings import BookingRow, bookings_of
from portal.reports.refunds import find_refunds
from portal.reports.sagas import find_sagas
from portal.seeds import sample
from portal.seeds.sample import living
from tests.support.till import Shop

VAULT = identity.Vault("a key for the tests of the sample world")


@pytest.fixture
def world(shop: Shop) -> Shop:
    with transaction(shop.engine) as tx:
        sample.invite(tx, vault=VAULT, now=clock.now())
        staff = identity.find_by_email(tx, "staff@example.com")
        assert staff
        sample.build(tx, by=staff.id, now=clock.now())
    with transaction(shop.engine) as tx:
        sample.book(tx, now=clock.now())
        assert sample.visit(tx, now=clock.now()) == len(living.VISITS)
        assert sample.visit(tx, now=clock.now()) == 0
    return shop


def pay(world: Shop) -> None:
    for row in world.sql("SELECT key FROM sagas WHERE kind = 'payment' ORDER BY begun_at"):
        world.drive("payment", row.key, visits=2)


def test_some_visits_are_over_some_are_to_come_and_one_is_in_doubt(world: Shop) -> None:
    pay(world)
    with transaction(world.engine) as tx:
        assert [len(mine(tx, "customer@example.com", which)) for which in ("past", "to-come")] == [1, 1]
        assert len(mine(tx, "customer2@example.com", "past")) == 2
        over = [row for who in ("", "2", "3") for row in mine(tx, f"customer{who}@example.com", "past")]
        assert {row.state for row in over} == {"completed"}
        assert find_sagas(tx, "person") == []
        (doubtful,) = find_sagas(tx, "doubt")
        assert (doubtful.state, doubtful.amount) == ("unknown", Decimal(32000))
    placed = world.sql("SELECT min(now() - placed_at) AS latest, max(now() - placed_at) AS first FROM orders")[0]
    assert placed.latest < timedelta(hours=1)
    assert placed.first > timedelta(days=9)


def test_refunds_are_asked_for_once_when_the_orders_are_paid(world: Shop) -> None:
    with transaction(world.engine) as tx:
        assert sample.ask(tx, now=clock.now()) == len(living.ASKS)
        assert find_refunds(tx) == []
    pay(world)
    for _ in range(2):
        with transaction(world.engine) as tx:
            assert sample.ask(tx, now=clock.now()) == 0
            assert [refund.reason for refund in find_refunds(tx)] == [wish.reason for wish in living.ASKS]
            assert all(refund.amount > 0 for refund in find_refunds(tx))


def mine(tx: Tx, email: str, which: str) -> list[BookingRow]:
    account = identity.find_by_email(tx, email)
    assert account
    return bookings_of(tx, account.id, which, now=clock.now())
