"""What the engine does not keep yet. Each of these turns red when it does, so that its mark is taken away."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from portal.kernel import wire
from portal.kernel.db import Tx, transaction
from portal.kernel.sagas import Verdict
from portal.kernel.steps import Definition, Unknown
from tests.workers.engine.conftest import QUICK, Toy, World, provider
from workers.engine import ASYNC, RETRYABLE, Driver, Saga, Step


def not_yet(because: str, shown_by: type[Exception] | tuple[type[Exception], ...] = AssertionError) -> Any:
    return pytest.mark.xfail(strict=True, reason=because, raises=shown_by)


@not_yet("the closing statement writes a new intent or an answer, not both")
def test_an_answer_is_written_down_when_the_next_call_is_meant_in_the_same_segment(
    toy: Toy, toy_saga: Saga, world: World
) -> None:
    call = replace(provider(world), name="tell", definition=Definition("toy", "told"))
    two = toy.with_steps(*toy_saga.steps, Step("tell", ASYNC, call, None, RETRYABLE))

    assert two.driver.visit(two.begin()) == "done"

    assert two.sql("SELECT step, state FROM saga_calls ORDER BY step") == [("charge", "done"), ("tell", "done")]


@not_yet("a visit goes on counting since when the step failed that has gone through meanwhile")
def test_a_step_that_fails_for_the_first_time_is_not_parked_for_the_failures_of_the_one_before_it(toy: Toy) -> None:
    toy.world.breaks = {"third": 1, "fourth": 99}
    saga_id = toy.begin()
    toy.world.breaks["third"] = 99
    toy.driver.visit(saga_id)
    toy.sql("UPDATE sagas SET next_at = now(), failing_since = now() - interval '1 day'")
    toy.world.breaks["third"] = 0

    toy.driver.visit(saga_id)

    assert toy.log()[-1] == "do third: done"
    assert toy.progress().state == "running", toy.progress().park_reason


@not_yet("the command is read before the attempts are counted out")
def test_a_saga_whose_command_cannot_be_read_is_laid_before_a_person(toy: Toy) -> None:
    saga_id = toy.begin()
    toy.sql("UPDATE sagas SET command = '{}'")

    for _ in range(QUICK.max_attempts + 1):
        with suppress(ValueError):
            toy.driver.visit(saga_id)
        toy.sql("UPDATE sagas SET lease_until = now() - interval '1 s', next_at = now() WHERE owner IS NOT NULL")

    assert toy.progress().state == "parked"


@pytest.mark.parametrize("refusing", [set(), {"charge"}], ids=["done", "compensated"])
@not_yet("a position beyond the table is looked up in it", (IndexError, ValueError))
def test_about_a_saga_that_has_ended_there_is_nothing_to_decide(toy: Toy, refusing: set[str]) -> None:
    toy.world.refuse = refusing
    toy.drive(toy.begin())

    with transaction(toy.engine) as tx:
        assert not toy.port.resolve(tx, "toy", "one", Verdict("refused", "they said so on the phone"))


@not_yet("a verdict believes a search that may lag")
def test_a_person_is_not_followed_while_the_provider_may_not_know_yet(toy: Toy) -> None:
    patient = Driver(toy.engine, toy.port.book, replace(QUICK, settle=3600))
    toy.world.fault = ["after"]
    saga_id = toy.begin()
    assert patient.visit(saga_id) == "unknown"
    with transaction(toy.engine) as tx:
        assert toy.port.resolve(tx, "toy", "one", Verdict("refused", "they said so on the phone"))
    not_found_yet, toy.world.charged = toy.world.charged, []

    patient.visit(saga_id)

    assert not_found_yet
    assert toy.effects()[-1] != "undo first", "the money is gone, and everything was undone"


@not_yet("parking does not look whether news came")
def test_news_that_comes_while_a_driver_is_about_to_park_is_not_lost(toy: Toy) -> None:
    def ask(call: Any, key: str) -> Any:
        with transaction(toy.engine) as tx:
            assert toy.port.wake(tx, "toy", "one")
        raise Unknown("no answer")

    deaf = toy.with_call(ask=ask)
    toy.world.fault = ["after"]
    saga_id = deaf.begin()
    deaf.driver.visit(saga_id)
    toy.sql("UPDATE sagas SET next_at = now(), failing_since = now() - interval '1 day'")

    deaf.driver.visit(saga_id)

    assert deaf.progress().state == "unknown"


@not_yet("what breaks while an answer is written down is nobody's to put off")
def test_an_answer_that_cannot_be_written_down_is_put_off_and_says_why(toy: Toy) -> None:
    def record(tx: Tx, key: str, answer: Any) -> None:
        raise RuntimeError("no place for it")

    broken = toy.with_call(record=record)
    with suppress(RuntimeError):
        broken.driver.visit(broken.begin())

    row = broken.sql("SELECT last_error, failing_since, owner FROM sagas")[0]
    assert "no place for it" in (row.last_error or "")
    assert row.failing_since
    assert row.owner is None


@not_yet("the lease is counted from the beginning of the segment's transaction")
def test_a_segment_longer_than_a_lease_leaves_a_lease_to_call_by(toy: Toy, toy_saga: Saga) -> None:
    left = []
    charge = toy_saga.steps[3].external
    assert charge

    def intend(tx: Tx, key: str, name: str) -> None:
        tx.execute(text("SELECT pg_sleep(0.8)"))

    def send(call: Any, key: str) -> Any:
        left.append(toy.sql("SELECT lease_until - clock_timestamp() > interval '0' AS left FROM sagas")[0].left)
        return charge.send(call, key)

    slow = toy.with_call(intend=intend, send=send)
    slow.driver = Driver(toy.engine, slow.port.book, replace(QUICK, lease=0.6))
    slow.driver.leases.start()
    slow.driver.visit(slow.begin())
    slow.driver.leases.stop()

    assert left == [True]


@not_yet("whether to keep the saga is asked twice, before the commit and behind it")
def test_a_driver_told_to_stop_during_a_commit_does_not_keep_its_saga(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    and_commit = wire.and_commit

    def stopping(connection: Any, sql: str, given: Any) -> Any:
        row = and_commit(connection, sql, given)
        if "saga_steps" in sql:
            toy.driver.stop()
        return row

    monkeypatch.setattr(wire, "and_commit", stopping)
    toy.driver.visit(toy.begin())

    assert toy.sql("SELECT owner FROM sagas")[0].owner is None
