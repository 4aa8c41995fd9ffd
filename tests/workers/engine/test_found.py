"""What random stories found the engine not to keep, each as the shortest story that shows it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from portal.kernel import wire
from portal.kernel.db import Tx, transaction
from portal.kernel.sagas import Verdict
from portal.kernel.steps import Definition, External, Unknown
from tests.workers.engine.conftest import QUICK, Toy, World, provider
from workers.engine import ASYNC, RETRYABLE, Book, Driver, Saga, SagaPort, Step


def with_steps(toy: Toy, *steps: Step, **policy: Any) -> Toy:
    """The same toy with another table."""
    book = Book([replace(toy.port.book.newest("toy"), steps=steps)])
    driver = Driver(toy.engine, book, replace(QUICK, **policy))
    return Toy(toy.engine, toy.world, SagaPort(book, lambda _id: None), driver, [])


def as_it_is(toy_saga: Saga, name: str, **outside: Callable[..., Any]) -> list[Step]:
    """The steps, one of them with another part of its call."""
    return [
        replace(step, do=replace(step.do, **outside)) if step.name == name and isinstance(step.do, External) else step
        for step in toy_saga.steps
    ]


def test_an_answer_is_written_down_when_the_next_call_is_meant_in_the_same_segment(
    toy: Toy, toy_saga: Saga, world: World
) -> None:
    call = replace(provider(world), name="tell", definition=Definition("toy", "told"))
    two = with_steps(toy, *toy_saga.steps, Step("tell", ASYNC, call, None, RETRYABLE))

    assert two.driver.visit(two.begin()) == "done"

    assert two.sql("SELECT step, state FROM saga_calls ORDER BY step") == [("charge", "done"), ("tell", "done")]


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


def test_a_saga_whose_command_cannot_be_read_is_laid_before_a_person(toy: Toy) -> None:
    saga_id = toy.begin()
    toy.sql("UPDATE sagas SET command = '{}'")

    for _ in range(QUICK.max_attempts + 1):
        with suppress(ValueError):
            toy.driver.visit(saga_id)
        toy.sql("UPDATE sagas SET lease_until = NULL, next_at = now() WHERE state <> 'parked'")

    assert toy.progress().state == "parked"


@pytest.mark.parametrize("refusing", [set(), {"charge"}], ids=["done", "compensated"])
def test_about_a_saga_that_has_ended_there_is_nothing_to_decide(toy: Toy, refusing: set[str]) -> None:
    toy.world.refuse = refusing
    toy.drive(toy.begin())

    with transaction(toy.engine) as tx:
        assert not toy.port.resolve(tx, "toy", "one", Verdict("refused", "they said so on the phone"))


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


def test_news_that_comes_while_a_driver_is_about_to_park_is_not_lost(toy: Toy, toy_saga: Saga) -> None:
    def ask(call: Any, key: str) -> Any:
        with transaction(toy.engine) as tx:
            assert toy.port.wake(tx, "toy", "one")
        raise Unknown("no answer")

    deaf = with_steps(toy, *as_it_is(toy_saga, "charge", ask=ask))
    toy.world.fault = ["after"]
    saga_id = deaf.begin()
    deaf.driver.visit(saga_id)
    toy.sql("UPDATE sagas SET next_at = now(), failing_since = now() - interval '1 day'")

    deaf.driver.visit(saga_id)

    assert deaf.progress().state == "unknown"


def test_an_answer_that_cannot_be_written_down_is_put_off_and_says_why(toy: Toy, toy_saga: Saga) -> None:
    def record(tx: Tx, key: str, answer: Any) -> None:
        raise RuntimeError("no place for it")

    broken = with_steps(toy, *as_it_is(toy_saga, "charge", record=record))
    with suppress(RuntimeError):
        broken.driver.visit(broken.begin())

    row = broken.sql("SELECT last_error, failing_since, owner FROM sagas")[0]
    assert "no place for it" in (row.last_error or "")
    assert row.failing_since
    assert row.owner is None


def test_a_segment_longer_than_a_lease_leaves_a_lease_to_call_by(toy: Toy, toy_saga: Saga) -> None:
    left = []
    charge = toy_saga.steps[3].external
    assert charge

    def intend(tx: Tx, key: str, name: str) -> None:
        tx.execute(text("SELECT pg_sleep(0.8)"))

    def send(call: Any, key: str) -> Any:
        left.append(toy.sql("SELECT lease_until - clock_timestamp() > interval '0' AS left FROM sagas")[0].left)
        return charge.send(call, key)

    slow = with_steps(toy, *as_it_is(toy_saga, "charge", intend=intend, send=send), lease=0.6)
    slow.driver.leases.start()
    slow.driver.visit(slow.begin())
    slow.driver.leases.stop()

    assert left == [True]


def test_a_driver_told_to_stop_during_a_commit_does_not_keep_its_saga(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    and_commit = wire.and_commit

    def stopping(connection: Any, *statements: Any) -> Any:
        rows = and_commit(connection, *statements)
        if "log = log ||" in statements[0][0]:
            toy.driver.stop()
        return rows

    monkeypatch.setattr(wire, "and_commit", stopping)
    toy.driver.visit(toy.begin())

    assert toy.sql("SELECT owner FROM sagas")[0].owner is None


def test_the_toys_built_here_work_so_that_the_others_fail_for_their_own_reasons(toy: Toy, toy_saga: Saga) -> None:
    same = with_steps(toy, *as_it_is(toy_saga, "charge"))

    assert same.driver.visit(same.begin()) == "done"


def test_no_answer_that_cannot_be_written_down_is_put_off_too(toy: Toy, toy_saga: Saga) -> None:
    """A trial of the whole house found it: the domain's note waits for the next trip, and is refused there."""

    def record(tx: Tx, key: str, answer: Any) -> None:
        wire.later(tx, "INSERT INTO toy_effects (what) VALUES (NULL), (%(key)s::int::text)", {"key": key})

    def ask(call: Any, key: str) -> Any:
        raise Unknown("no answer")

    broken = with_steps(toy, *as_it_is(toy_saga, "charge", record=record, ask=ask))
    toy.world.fault = ["after"]

    assert broken.driver.visit(broken.begin()) == "calling"

    row = broken.sql("SELECT last_error, failing_since, owner FROM sagas")[0]
    assert row.last_error.startswith("InvalidTextRepresentation")
    assert row.failing_since
    assert row.owner is None


def test_who_lost_a_saga_amid_a_call_goes_on_with_the_others_on_the_same_connection(toy: Toy, toy_saga: Saga) -> None:
    """A trial of the whole house found it: a commit that failed left the connection in a transaction."""
    lost: list[str] = []

    def send(call: Any, key: str) -> Any:
        if not lost:
            lost.append(key)
            toy.sql("UPDATE sagas SET epoch = epoch + 1, owner = 'another' WHERE key = 'one'")
        with call.fenced() as tx:
            wire.later(tx, "INSERT INTO toy_effects (what) VALUES ('noted')", {})
        return charge.send(call, key)

    charge = next(step.do for step in toy_saga.steps if step.name == "charge")
    assert isinstance(charge, External)
    slow = with_steps(toy, *as_it_is(toy_saga, "charge", send=send))
    for key in ("one", "two"):
        slow.begin(key)

    slow.driver.heed()

    assert (slow.progress("one").state, slow.progress("two").state) == ("calling", "done")


def test_who_lost_a_saga_and_stumbles_over_it_complains_of_nothing(toy: Toy, toy_saga: Saga) -> None:
    """What its new driver has done is in the way of the old one: that is no step that broke."""

    def record(tx: Tx, key: str, answer: Any) -> None:
        toy.sql("UPDATE sagas SET epoch = epoch + 1, owner = 'another'")
        raise RuntimeError("it is there already")

    broken = with_steps(toy, *as_it_is(toy_saga, "charge", record=record))
    with capture_logs() as lines:
        assert broken.driver.visit(broken.begin()) is None

    assert [line["event"] for line in lines] == ["fenced"]
