"""What a domain function declares so that a saga can use it: what it answers, and how it may say no.

A *local* function works in the transaction it is given. An *external* one talks to the outside world and is cut in
four, because a process may be killed between any two of them:

    intend(tx, key, …)          writes what is about to be sent; commits before anything leaves the house
    send(call, key, …)          speaks to the outside; no transaction is open
    ask(call, key, …)           asks the outside what became of an earlier send, before anything is sent again
    record(tx, key, answer, …)  writes the answer; commits together with the saga's own line
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from portal.kernel.db import Tx
from portal.kernel.errors import Refusal

Output = Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    """It happened. `output` is kept in the saga's log (JSON values only)."""

    output: Output = field(default_factory=dict)


@dataclass(frozen=True)
class Waiting:
    """Somebody outside has to act first (a customer confirming at the bank); look again at `until` at the latest."""

    until: datetime
    output: Output = field(default_factory=dict)


@dataclass(frozen=True)
class NoTrace:
    """The outside knows nothing of it. `settled` says whether that may be believed yet: searches lag."""

    settled: bool = True


class Unknown(Exception):
    """No answer, or none that means anything. It is neither yes nor no, and must be asked again."""


Answer = Done | Waiting | Refusal
"""What an external call came to. A refusal is raised by send and ask, and handed to record as a value."""


class Call(Protocol):
    """What an external function gets from the engine for one visit."""

    first_sent_at: datetime
    """When the intent of this attempt was committed, by the database's clock."""
    age: float
    """Seconds since then, by the same clock."""
    fresh: bool
    """Nothing of this attempt can have been sent before this visit."""

    def fenced(self) -> AbstractContextManager[Tx]:
        """A transaction that commits only while this driver still holds the saga; raises otherwise."""
        ...


@dataclass(frozen=True)
class Definition:
    """The paper's "API function": its service, what it answers when it worked, and how it may refuse."""

    service: str
    outcome: str
    refusals: tuple[type[Refusal], ...] = ()
    name: str | None = None
    """What the papers call it, where that is not the name of the step that uses it."""


F = TypeVar("F", bound=Callable[..., Any])


def function(
    service: str, outcome: str, refusals: tuple[type[Refusal], ...] = (), *, name: str | None = None
) -> Callable[[F], F]:
    """Declares a local function that a saga may use as a step or as a compensation."""

    def declare(run: F) -> F:
        run.definition = Definition(service, outcome, refusals, name)  # type: ignore[attr-defined]  # functions take attributes
        return run

    return declare


@dataclass(frozen=True)
class External:
    """A function of the outside world, in its four parts (see the top of this file)."""

    name: str
    definition: Definition
    intend: Callable[..., Done | None]
    send: Callable[..., Done | Waiting]
    ask: Callable[..., Done | Waiting | NoTrace]
    record: Callable[..., None]
