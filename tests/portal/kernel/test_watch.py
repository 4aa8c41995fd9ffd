"""A measure does nothing until somebody listens, and then tells each series apart."""

from collections.abc import Sequence

import pytest

from portal.kernel import watch
from portal.kernel.watch import Count, Timer


class Ears:
    def __init__(self) -> None:
        self.heard: list[tuple[str, tuple[str, ...], float]] = []

    def count(self, name: str, words: str, labels: Sequence[str], values: Sequence[str]) -> watch.Feed:
        return lambda value: self.heard.append((name, tuple(values), value))

    def time(
        self, name: str, words: str, labels: Sequence[str], values: Sequence[str], bounds: Sequence[float]
    ) -> watch.Feed:
        return self.count(name, words, labels, values)


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> Ears:
    monkeypatch.setattr(watch, "_listener", None)
    return Ears()


def test_what_happened_before_anybody_listened_is_lost_and_harmless(ears: Ears) -> None:
    doors, waits = Count("doors", "Doors that closed.", "which"), Timer("waits", "Waits.")
    doors.add("front")
    waits.took(1.5)
    watch.plug(ears)
    doors.add("front")
    doors.add("back", by=2)
    waits.took(0.25)
    assert ears.heard == [("doors", ("front",), 1.0), ("doors", ("back",), 2), ("waits", (), 0.25)]
