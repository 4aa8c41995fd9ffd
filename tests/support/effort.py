"""Counts the passwords that are really checked, and how dearly: what an answer's time is made of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest import mock

from argon2 import Parameters, PasswordHasher, extract_parameters

from portal.domains.identity import passwords


@dataclass
class Effort:
    """The parameters of each hash that was computed, in order."""

    spent: list[Parameters] = field(default_factory=list)


class _Counting(PasswordHasher):
    def __init__(self, effort: Effort) -> None:
        super().__init__(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._effort = effort

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        self._effort.spent.append(extract_parameters(str(hash)))
        return bool(super().verify(hash, password))


@contextmanager
def counted() -> Iterator[Effort]:
    """What is checked while this lasts, on any thread."""
    effort = Effort()
    with mock.patch.object(passwords, "HASHER", _Counting(effort)):
        yield effort
