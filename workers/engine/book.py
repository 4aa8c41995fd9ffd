"""The sagas a process knows, by kind and version: running ones go on by the version they began with."""

from collections.abc import Iterable, Iterator
from typing import Any

from workers.engine.definition import Malformed, Saga


class Book:
    """Looks up the table of a saga. The newest version of a kind is the one new sagas begin with."""

    def __init__(self, sagas: Iterable[Saga]) -> None:
        self._all: dict[tuple[str, int], Saga] = {}
        for saga in sagas:
            if (saga.name, saga.version) in self._all:
                raise Malformed(f"{saga.name} version {saga.version} stands in the book twice")
            self._all[saga.name, saga.version] = saga

    def __iter__(self) -> Iterator[Saga]:
        return iter(self._all.values())

    def newest(self, kind: str) -> Saga:
        """The version that new sagas of this kind begin with. Raises KeyError for a kind nobody wrote."""
        versions = [version for name, version in self._all if name == kind]
        if not versions:
            raise KeyError(kind)
        return self._all[kind, max(versions)]

    def find(self, kind: str, version: int) -> Saga | None:
        """The table a running saga goes by; None if this process does not have it."""
        return self._all.get((kind, version))

    def known(self) -> list[dict[str, Any]]:
        """Every kind and version, as the claim hands them to the database."""
        return [{"kind": kind, "version": version} for kind, version in self._all]
