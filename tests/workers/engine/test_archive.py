"""Finished sagas leave the engine's tables whole, can still be read, and never run again."""

from datetime import timedelta

import pytest

from portal.kernel import clock
from portal.kernel.db import transaction
from tests.workers.engine.conftest import Toy
from workers.engine import archive


def finish(toy: Toy, key: str, *, refused: bool = False) -> None:
    toy.world.refuse = {"charge"} if refused else set()
    toy.driver.visit(toy.begin(key))


def grow_old(toy: Toy, key: str) -> None:
    """It began and ended a hundred days ago: ids tell the time they were made."""
    given = {"key": key, "id": f"01900000-0000-7000-8000-00000000000{key[-1]}"}
    toy.sql("UPDATE saga_calls SET saga_id = :id FROM sagas WHERE sagas.id = saga_id AND sagas.key = :key", **given)
    toy.sql("UPDATE sagas SET id = :id, ended_at = now() - interval '100 days' WHERE key = :key", **given)


def put_away(toy: Toy, days: int = 90) -> int:
    with transaction(toy.engine) as tx:
        return archive(tx, now=clock.now(), age=timedelta(days=days))


@pytest.mark.parametrize("refused", [False, True])
def test_what_ended_long_ago_is_moved_and_reads_as_before(toy: Toy, refused: bool) -> None:
    finish(toy, "one1", refused=refused)
    grow_old(toy, "one1")
    before, state = toy.progress("one1"), toy.state("one1")

    assert put_away(toy) == 1

    assert toy.progress("one1") == before
    assert toy.state("one1") == state == before.state
    assert toy.state("another") is None
    assert before.state == ("compensated" if refused else "done")
    for table in ("sagas", "saga_steps", "saga_calls"):
        assert toy.sql(f"SELECT count(*) AS many FROM {table}")[0].many == 0
    kept = toy.sql("SELECT jsonb_array_length(record -> 'calls') AS calls FROM saga_archive")[0]
    assert kept.calls == 1
    assert put_away(toy) == 0


def test_what_ended_lately_is_parked_or_runs_stays(toy: Toy) -> None:
    finish(toy, "late1")
    toy.begin("new2")
    toy.begin("parked3")
    grow_old(toy, "parked3")
    toy.sql("UPDATE sagas SET state = 'parked', park_reason = 'x', next_at = NULL WHERE key = 'parked3'")

    assert put_away(toy) == 0


def test_an_archived_saga_is_not_begun_again(toy: Toy) -> None:
    finish(toy, "one1")
    grow_old(toy, "one1")
    put_away(toy)

    again = toy.begin("one1")

    assert str(again) == "01900000-0000-7000-8000-000000000001"
    assert toy.sql("SELECT count(*) AS many FROM sagas")[0].many == 0
    assert len(toy.world.charged) == 1
