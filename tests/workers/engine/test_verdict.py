"""What a person decides about a call nobody has an answer to; and what the provider knows outweighs it."""

from typing import Any, Literal

import pytest

from portal.kernel.db import transaction
from portal.kernel.sagas import Verdict
from tests.workers.engine.conftest import Toy


def park_unknown(toy: Toy, fault: str = "before") -> Any:
    toy.world.fault = [fault, "ask"]
    saga_id = toy.begin()
    toy.driver.visit(saga_id)
    toy.sql("UPDATE sagas SET next_at = now(), failing_since = now() - interval '1 day'")
    toy.driver.visit(saga_id)
    assert toy.progress().state == "parked"
    return saga_id


def resolve(toy: Toy, answer: Literal["done", "refused", "anew"], **output: Any) -> bool:
    with transaction(toy.engine) as tx:
        return toy.port.resolve(tx, "toy", "one", Verdict(answer, "they said so on the phone", output))


def test_done_goes_on_with_what_the_person_says_and_asks_nobody(toy: Toy) -> None:
    saga_id = park_unknown(toy)
    asked = len(toy.world.asked)

    assert resolve(toy, "done", ref="by hand")

    assert toy.drive(saga_id) == "done"
    assert len(toy.world.asked) == asked
    assert toy.sql("SELECT output FROM saga_steps WHERE step = 'charge'")[0].output == {"ref": "by hand"}
    assert toy.sql("SELECT state, sends FROM saga_calls")[0] == ("done", 1)


def test_released_goes_back_after_asking_once_more(toy: Toy) -> None:
    saga_id = park_unknown(toy)
    asked = len(toy.world.asked)

    assert resolve(toy, "refused")

    assert toy.drive(saga_id) == "compensated"
    assert len(toy.world.asked) == asked + 1
    assert toy.effects()[-2:] == ["undo second", "undo first"]
    assert toy.progress().refusal["code"] == "released"  # type: ignore[index]  # it is there, or this fails


def test_released_goes_back_even_if_nobody_answers(toy: Toy) -> None:
    saga_id = park_unknown(toy)
    resolve(toy, "refused")
    toy.world.fault = ["ask"]

    assert toy.drive(saga_id) == "compensated"


@pytest.mark.parametrize("answer", ["refused", "anew"])
def test_a_charge_that_the_provider_knows_of_is_neither_released_nor_sent_anew(
    toy: Toy, answer: Literal["refused", "anew"]
) -> None:
    saga_id = park_unknown(toy, "after")

    assert resolve(toy, answer)

    assert toy.drive(saga_id) == "done"
    assert len(toy.world.charged) == len(toy.world.sent) == 1


def test_anew_is_sent_under_a_new_key_and_the_old_attempt_stays_on_record(toy: Toy) -> None:
    saga_id = park_unknown(toy)

    assert resolve(toy, "anew")

    assert toy.drive(saga_id) == "done"
    assert toy.world.charged == [f"{saga_id}:charge:2"]
    calls = toy.sql("SELECT attempt, state FROM saga_calls ORDER BY attempt")
    assert calls == [(1, "refused"), (2, "done")]
    assert toy.effects().count("intend") == 2


def test_a_new_attempt_that_stays_unknown_is_asked_for_under_its_own_key(toy: Toy) -> None:
    saga_id = park_unknown(toy)
    resolve(toy, "anew")
    toy.world.fault = ["", "after"]

    assert toy.drive(saga_id) == "done"
    assert toy.world.charged == [f"{saga_id}:charge:2"]
    assert toy.world.asked[-1] == f"{saga_id}:charge:2"


def test_there_is_nothing_to_decide_about_a_saga_without_a_call(toy: Toy) -> None:
    toy.world.breaks = {"third": 99}
    toy.drive(toy.begin())

    with pytest.raises(ValueError, match="behind the pivot"):
        resolve(toy, "refused")
    assert not resolve(toy, "done")


def test_nobody_decides_over_the_head_of_a_driver(toy: Toy) -> None:
    saga_id = toy.begin()
    toy.world.fault = ["before"]
    toy.driver.visit(saga_id)
    toy.sql("UPDATE sagas SET lease_until = now() + interval '1 minute', owner = 'somebody'")

    assert not resolve(toy, "refused")


def test_news_from_outside_takes_up_what_was_parked_unknown(toy: Toy) -> None:
    saga_id = park_unknown(toy, "after")

    with transaction(toy.engine) as tx:
        assert toy.port.wake(tx, "toy", "one")

    assert toy.drive(saga_id) == "done"


def test_news_from_outside_does_not_take_up_what_was_parked_for_another_reason(toy: Toy) -> None:
    toy.world.breaks = {"third": 99}
    toy.drive(toy.begin())

    with transaction(toy.engine) as tx:
        assert not toy.port.wake(tx, "toy", "one")


def test_a_saga_with_a_call_in_doubt_is_not_handed_over(toy: Toy) -> None:
    park_unknown(toy)

    with transaction(toy.engine) as tx:
        assert not toy.port.hand_over(tx, "toy", "one")


def test_a_saga_stuck_behind_the_pivot_is_handed_over_and_never_driven_again(toy: Toy) -> None:
    toy.world.breaks = {"third": 99}
    saga_id = toy.begin()
    toy.drive(saga_id)

    with transaction(toy.engine) as tx:
        assert toy.port.hand_over(tx, "toy", "one")

    assert toy.driver.visit(saga_id) is None
    assert toy.progress().state == "handed_over"
    assert [step.state for step in toy.progress().steps][-2:] == ["skipped", "skipped"]
    assert toy.progress().ended
