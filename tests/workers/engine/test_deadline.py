"""Times that a table names: when a saga turns back by itself, and when a failing step waits for a person."""

import pytest

from tests.workers.engine.conftest import Toy


@pytest.mark.parametrize(
    ("broken", "before", "back"),
    [
        ("look", [], ["undo first"]),
        ("first", ["look"], ["undo first"]),
        ("second", ["look", "first"], ["undo second", "undo first"]),
    ],
)
def test_past_its_deadline_a_saga_that_sent_nothing_turns_back(
    toy: Toy, broken: str, before: list[str], back: list[str]
) -> None:
    toy.world.breaks = {broken: 99}
    saga_id = toy.begin()
    toy.driver.visit(saga_id)
    toy.sql("UPDATE sagas SET next_at = now(), deadline_at = now()")

    assert toy.drive(saga_id) == "compensated"

    assert toy.effects() == before + back
    assert toy.world.sent == []
    refusal = toy.progress().refusal
    assert refusal
    assert refusal["code"] == "too-late"


def test_past_its_deadline_what_may_have_been_sent_is_asked_for_not_undone(toy: Toy) -> None:
    toy.world.fault = ["after"]
    saga_id = toy.begin()
    toy.driver.visit(saga_id)
    toy.sql("UPDATE sagas SET next_at = now(), deadline_at = now()")

    assert toy.drive(saga_id) == "done"
    assert len(toy.world.charged) == 1


def test_the_deadline_that_a_table_names_is_kept_in_the_database(toy: Toy) -> None:
    object.__setattr__(toy.port.book.newest("toy"), "deadline", 90.0)
    toy.begin()

    assert toy.sql("SELECT extract(epoch FROM deadline_at - begun_at) AS given FROM sagas")[0].given == 90


def test_a_step_that_failed_for_too_long_waits_for_a_person_with_the_reason(toy: Toy) -> None:
    toy.world.breaks = {"third": 99}
    saga_id = toy.begin()
    toy.driver.visit(saga_id)
    assert toy.progress().failing_since
    toy.sql("UPDATE sagas SET next_at = now(), failing_since = now() - interval '1 day'")

    toy.driver.visit(saga_id)

    progress = toy.progress()
    assert progress.state == "parked"
    assert "no success for 864" in (progress.park_reason or "")


def test_after_a_long_silence_a_step_is_tried_once_more_before_anybody_is_called(toy: Toy) -> None:
    toy.world.breaks = {"third": 2}
    saga_id = toy.begin()
    assert toy.driver.visit(saga_id) == "running"
    toy.sql("UPDATE sagas SET next_at = now(), failing_since = now() - interval '1 day'")

    toy.driver.visit(saga_id)

    assert toy.progress().state == "done"
    assert toy.progress().failing_since is None


def test_an_unknown_answer_that_lasts_parks_the_saga_and_the_answer_stays_unknown(toy: Toy) -> None:
    toy.world.fault = ["before", "ask"]
    saga_id = toy.begin()
    toy.driver.visit(saga_id)
    toy.sql("UPDATE sagas SET next_at = now(), failing_since = now() - interval '1 day'")

    toy.driver.visit(saga_id)

    assert toy.sql("SELECT state, parked_from FROM sagas")[0] == ("parked", "unknown")
    assert toy.sql("SELECT state FROM saga_calls")[0].state == "unknown"
