"""What strikes when, drawn from the seed: rounds in which everything has its turn, each in an order of its own."""

from collections.abc import Iterator, Mapping
from itertools import count
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


def rounds(seed: str, times: Mapping[T, int], every: float) -> Iterator[tuple[float, T]]:
    """Pairs of a moment (seconds from the beginning) and what happens then, for ever.

    `times`: how often each has its turn in a round, so that a trial longer than a round has met everything. `every`:
    seconds between two, on average and between a half and one and a half of it.
    """
    chance = Random(seed)
    at = 0.0
    for _ in count():
        bag = [what for what, often in times.items() for _ in range(often)]
        chance.shuffle(bag)
        for what in bag:
            at += every * chance.uniform(0.5, 1.5)
            yield at, what


class Turns(Generic[T]):
    """What is due by a plan and not done yet; the oldest first."""

    def __init__(self, plan: Iterator[tuple[float, T]]) -> None:
        self._plan = plan
        self._next = next(plan)
        self._due: list[T] = []

    def due(self, now: float) -> list[T]:
        while self._next[0] <= now:
            self._due.append(self._next[1])
            self._next = next(self._plan)
        return list(self._due)

    def done(self, what: T) -> None:
        self._due.remove(what)
