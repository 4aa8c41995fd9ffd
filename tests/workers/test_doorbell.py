"""The doorbell rings for each saga while few begin, and in a rush at its rate, the last time after the last saga."""

import time
from uuid import UUID, uuid4

import pytest

from tests.journeys.house import wait_for
from workers import doorbell
from workers.doorbell import Doorbell


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The sagas somebody was told of."""
    heard: list[UUID] = []
    monkeypatch.setattr(doorbell, "ring_for_saga", lambda _broker, saga_id: heard.append(saga_id))
    return heard


def begin(bell: Doorbell, many: int) -> list[UUID]:
    begun = [uuid4() for _ in range(many)]
    for saga_id in begun:
        bell.ring(saga_id)
    return begun


def test_each_of_a_few_is_rung_for_at_once(rung: list[UUID]) -> None:
    bell = Doorbell(None, rate=10, burst=5)  # type: ignore[arg-type]  # nobody asks the broker here

    assert begin(bell, 5) == rung


def test_a_rush_is_rung_for_at_the_rate_and_never_forgotten(rung: list[UUID]) -> None:
    bell = Doorbell(None, rate=0.5, burst=2)  # type: ignore[arg-type]  # as above

    begun = begin(bell, 500)
    assert rung == begun[:2]
    wait_for(lambda: len(rung) > 2, 10, "nobody rang for the rest")

    assert rung == [*begun[:2], begun[-1]], "one ring more, for all that came meanwhile"


def test_after_a_rush_has_passed_a_burst_may_come_again(rung: list[UUID]) -> None:
    bell = Doorbell(None, rate=50, burst=3)  # type: ignore[arg-type]  # as above
    begin(bell, 100)
    time.sleep(0.3)
    rung.clear()

    assert begin(bell, 3) == rung


def test_a_late_ring_that_nobody_hears_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_broker: object, _saga_id: UUID) -> None:
        raise ConnectionError

    bell = Doorbell(None, rate=50, burst=1)  # type: ignore[arg-type]  # as above
    with monkeypatch.context() as patched:
        patched.setattr(doorbell, "ring_for_saga", away)
        with pytest.raises(ConnectionError):
            begin(bell, 1)
        begin(bell, 5)
        time.sleep(0.2)
    heard: list[UUID] = []
    monkeypatch.setattr(doorbell, "ring_for_saga", lambda _broker, saga_id: heard.append(saga_id))
    begun = begin(bell, 1)

    wait_for(lambda: heard == begun, 10, "it does not ring any more")
