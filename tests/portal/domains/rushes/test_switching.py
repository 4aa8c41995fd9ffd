"""Staff switch a queue on: of two at once, one."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from portal.domains import rushes
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Stale
from tests import factories


def test_of_two_who_switch_a_queue_on_for_the_first_time_the_second_is_told(database: Engine) -> None:
    with transaction(database) as tx:
        product_id, staff = factories.bookable(tx).product.id, factories.account(tx).id

    def switch_on(tx: Tx, at_once: int) -> None:
        rushes.set_rush(tx, product_id, 0, on=True, at_once=at_once, minutes=5, now=clock.now(), by=staff)

    def second() -> None:
        with transaction(database) as tx:
            switch_on(tx, 7)

    with ThreadPoolExecutor(1) as pool:
        with transaction(database) as tx:
            switch_on(tx, 5)
            later = pool.submit(second)
            wait_for_the_lock(database)
        with pytest.raises(Stale):
            later.result(timeout=10)
    with transaction(database) as tx:
        assert at_once(tx, product_id) == 5


def wait_for_the_lock(engine: Engine) -> None:
    """Until somebody waits for what another transaction has."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one():
            pass


def at_once(tx: Tx, product_id: UUID) -> int:
    terms = rushes.open_rush(tx, product_id)
    assert terms
    return terms.at_once
