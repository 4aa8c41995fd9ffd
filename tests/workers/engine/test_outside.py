"""Calls to the outside: an unknown answer is asked for, never guessed, and nothing is undone until it is known."""

from dataclasses import replace
from typing import Any

import pytest

from portal.kernel.db import transaction
from portal.kernel.steps import Definition, Done
from tests.workers.engine.conftest import QUICK, No, Toy, provider
from workers.engine import ASYNC, RETRYABLE, Driver, Saga, Step


@pytest.mark.parametrize("fault", ["before", "after"])
def test_an_unknown_answer_is_asked_for_before_anything_is_sent_again(toy: Toy, fault: str) -> None:
    toy.world.fault = [fault]
    saga_id = toy.begin()

    assert toy.driver.visit(saga_id) == "unknown"
    assert "undo first" not in toy.effects()
    assert toy.drive(saga_id) == "done"

    assert len(toy.world.charged) == 1
    assert len(set(toy.world.sent)) == 1, "one key, whatever happened"
    assert toy.world.asked, "it asked before it sent again"
    assert len(toy.world.sent) == (2 if fault == "before" else 1)


def test_while_the_answer_is_unknown_nothing_is_undone_however_long_it_takes(toy: Toy) -> None:
    toy.world.fault = ["after"] + ["ask"] * 30
    saga_id = toy.begin()

    assert toy.drive(saga_id) == "parked"
    assert not [what for what in toy.effects() if what.startswith("undo")]

    toy.world.fault = []
    with transaction(toy.engine) as tx:
        assert toy.port.resume(tx, "toy", "one")
    assert toy.drive(saga_id) == "done"
    assert len(toy.world.charged) == 1


def test_not_found_is_not_believed_before_the_settling_time(toy: Toy) -> None:
    patient = Driver(toy.engine, toy.port.book, replace(QUICK, settle=3600))
    toy.world.fault = ["before"]
    saga_id = toy.begin()
    assert patient.visit(saga_id) == "unknown"
    toy.sql("UPDATE sagas SET next_at = now()")

    assert patient.visit(saga_id) == "unknown"
    assert len(toy.world.sent) == 1, "nothing was sent again"


def test_past_the_providers_memory_for_keys_nothing_is_sent_and_a_person_is_called(toy: Toy) -> None:
    toy.world.fault = ["before"]
    saga_id = toy.begin()
    toy.driver.visit(saga_id)
    toy.sql("UPDATE saga_calls SET first_sent_at = now() - interval '2 days'")

    assert toy.drive(saga_id) == "parked"
    assert len(toy.world.sent) == 1


def test_a_wait_for_somebody_outside_ends_with_a_wake(toy: Toy) -> None:
    toy.world.waiting = True
    saga_id = toy.begin()
    assert toy.driver.visit(saga_id) == "waiting"
    assert toy.driver.visit(saga_id) is None, "it is not due"

    toy.world.waiting = False
    toy.world.charged.append(f"{saga_id}:charge:1")
    with transaction(toy.engine) as tx:
        assert toy.port.wake(tx, "toy", "one")
    assert toy.driver.visit(saga_id) == "done"


@pytest.mark.parametrize("fault", [[], ["before"], ["after"]])
def test_nothing_is_sent_before_its_intent_is_committed(toy: Toy, toy_saga: Saga, fault: list[str]) -> None:
    charge = toy_saga.steps[3].external
    assert charge
    meant: list[list[tuple[str, str]]] = []

    def send(call: Any, key: str) -> Any:
        meant.append([tuple(row) for row in toy.sql("SELECT key, step FROM saga_calls")])
        return charge.send(call, key)

    toy.world.fault = fault
    watched = toy.with_call(send=send)
    saga_id = watched.begin()

    assert watched.drive(saga_id) == "done"
    assert meant == [[(f"{saga_id}:charge:1", "charge")]] * len(toy.world.sent)


def test_behind_the_pivot_a_no_from_outside_is_no_answer_and_nothing_is_undone(toy: Toy, toy_saga: Saga) -> None:
    def send(call: Any, key: str) -> Done:
        raise No

    tell = replace(provider(toy.world), name="tell", definition=Definition("toy", "told"), send=send)
    told = toy.with_steps(*toy_saga.steps[:4], Step("tell", ASYNC, tell, None, RETRYABLE))

    assert told.driver.visit(told.begin()) == "unknown"
    assert told.drive(told.sql("SELECT id FROM sagas")[0].id) == "parked"
    assert told.log() == [f"do {name}: done" for name in ("look", "first", "second", "charge")]
    assert not [what for what in told.effects() if what.startswith("undo")]
