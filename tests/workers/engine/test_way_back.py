"""The way back: what was done is undone in reverse, a mistake is no refusal, and each undo happens once."""

import pytest

from tests.workers.engine.conftest import Toy

ALL = ["look", "first", "second", "intend", "record done", "third", "fourth"]


@pytest.mark.parametrize(
    ("refusing", "effects"),
    [
        ("first", ["look", "undo first"]),
        ("second", ["look", "first", "undo second", "undo first"]),
        ("charge", ["look", "first", "second", "intend", "record no", "undo second", "undo first"]),
    ],
)
def test_a_refusal_undoes_in_reverse_what_was_done_before(toy: Toy, refusing: str, effects: list[str]) -> None:
    toy.world.refuse = {refusing}
    saga_id = toy.begin()

    assert toy.driver.visit(saga_id) == "compensated"

    assert toy.effects() == effects
    assert toy.world.charged == []
    assert toy.progress().refusal == {"step": refusing, "code": "no", "message": "That is not possible.", "params": {}}


def test_a_step_that_breaks_is_tried_again_and_the_steps_before_it_stay_done_once(toy: Toy) -> None:
    toy.world.breaks = {"second": 2, "fourth": 2}
    saga_id = toy.begin()

    assert toy.drive(saga_id) == "done"
    assert toy.effects() == ALL


LOCAL = ("look", "first", "second", "third", "fourth")


@pytest.mark.parametrize("spoiled", LOCAL)
def test_a_statement_that_fails_on_its_way_is_found_and_the_steps_before_it_stay_done_once(
    toy: Toy, spoiled: str
) -> None:
    """Statements that travel together fail together; nobody else's step may be blamed, repeated or lost."""
    toy.world.waits, toy.world.spoils = set(LOCAL), {spoiled}
    saga_id = toy.begin()

    toy.driver.visit(saga_id)
    at_hand = next(step for step in toy.progress().steps if step.error)
    assert (at_hand.name, "DivisionByZero" in str(at_hand.error)) == (spoiled, True)
    assert toy.effects() == ALL[: ALL.index(spoiled)]

    toy.world.spoils = set()
    assert toy.drive(saga_id) == "done"
    assert toy.effects() == ALL
    assert len(toy.world.charged) == 1


def test_an_undeclared_refusal_is_a_mistake_and_parks_the_saga(toy: Toy) -> None:
    toy.world.refuse = {"third"}
    saga_id = toy.begin()

    assert toy.drive(saga_id) == "parked"
    assert toy.effects() == ["look", "first", "second", "intend", "record done"]
    assert toy.progress().park_reason


def test_a_refusal_that_its_own_step_did_not_declare_is_a_mistake_too(toy: Toy) -> None:
    toy.world.odd = {"second"}
    saga_id = toy.begin()

    assert toy.drive(saga_id) == "parked"
    assert toy.effects() == ["look", "first"]


def test_a_compensation_that_breaks_is_tried_again(toy: Toy) -> None:
    toy.world.refuse = {"charge"}
    toy.world.breaks = {"undo second": 2}
    saga_id = toy.begin()

    assert toy.drive(saga_id) == "compensated"
    assert [what for what in toy.effects() if what.startswith("undo")] == ["undo second", "undo first"]
