"""What the great race meets by luck, step by step on three connections: nobody waits for what is free."""

from functools import partial

from sqlalchemy import Engine

from portal.domains import waiting
from portal.kernel.db import transaction
from tests.portal.domains.reservations.scene import NOW
from tests.portal.domains.waiting.full import HOW, full, state
from tests.races import books
from workers.lines import Looking


def test_a_place_that_became_free_while_somebody_looked_is_offered_behind_a_party_that_does_not_fit(
    database: Engine,
) -> None:
    with transaction(database) as tx:
        course = full(tx, places=3, waiters=4)
        party, leaver, second, third = (course.join(tx, who, 3 if who == 0 else 1) for who in range(4))
        course.free(tx)
    with transaction(database) as leaving:
        waiting.leave(leaving, account_id=leaver.account_id, entry_id=leaver.id, now=NOW)
        with transaction(database) as looking:
            assert course.owner_of(course.offer(looking)) == 2, "the first is too many, the next is just leaving"
            with transaction(database) as tx:
                course.free(tx)
            with transaction(database) as tx:
                assert course.offer(tx) is None, "somebody looks after this line already"
        leaving.rollback()
    look = Looking(partial(transaction, database), **HOW)
    while look.look():
        pass
    assert books.wrongs(database) == {}
    with transaction(database) as tx:
        states = [state(tx, one.id) for one in (party, leaver, second, third)]
    assert states == ["waiting", "offered", "offered", "waiting"]
