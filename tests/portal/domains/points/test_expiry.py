"""What nobody used in time is written off: once, in bounded batches, and never what is spent or held."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, text

from portal.domains import points
from portal.kernel.db import Tx, transaction
from tests.factories import identity as people
from tests.portal.domains.points import books

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=10)
ORDER = UUID(int=1)


def test_only_lots_of_the_past_are_written_off_and_only_once(tx: Tx) -> None:
    account_id = people.account(tx).id
    points.grant(tx, "ends", account_id, 100, "", valid_days=10, now=NOW)
    points.grant(tx, "lasts", account_id, 40, "", valid_days=11, now=NOW)
    assert points.expire(tx, LATER - timedelta(seconds=1)) == 0
    assert points.expire(tx, LATER) == 1
    assert points.expire(tx, LATER) == 0
    assert points.balance_of(tx, account_id, now=LATER).balance == 40
    newest = points.entries_of(tx, account_id, limit=1)[0]
    assert (newest.kind, newest.delta) == ("expiry", -100)
    assert books.faults(tx) == []


def test_spent_and_held_points_do_not_expire(tx: Tx) -> None:
    account_id = people.account(tx).id
    points.grant(tx, "ends", account_id, 100, "", valid_days=10, now=NOW)
    points.use(tx, "use", account_id, ORDER, 70, now=NOW)
    points.give_back(tx, "back", account_id, ORDER, 50)
    points.expire(tx, LATER)
    assert points.look_up(tx, account_id) == {"balance": 50, "held": 50, "available": 0}
    assert books.faults(tx) == []


def test_a_batch_is_bounded(tx: Tx) -> None:
    for n in range(5):
        points.grant(tx, f"ends {n}", people.account(tx).id, 10, "", valid_days=1, now=NOW)
    assert [points.expire(tx, LATER, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_an_account_in_use_is_left_for_the_next_time(database: Engine) -> None:
    with transaction(database) as tx:
        account_id = people.account(tx).id
        points.grant(tx, "ends", account_id, 100, "", valid_days=10, now=NOW)
    with transaction(database) as user:
        points.use(user, "use", account_id, ORDER, 30, now=NOW)
        with transaction(database) as sweep:
            sweep.execute(text("SET LOCAL lock_timeout = '1s'"))  # waiting would be a fault
            assert points.expire(sweep, LATER) == 0
    with transaction(database) as sweep:
        assert points.expire(sweep, LATER) == 1
        assert points.balance_of(sweep, account_id, now=LATER).balance == 0
