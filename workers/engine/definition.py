"""A saga as a table: rows with a mode, a function, its compensation and a kind; checked when it is imported."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import Enum
from functools import cached_property, lru_cache
from typing import Any

from pydantic import TypeAdapter

from portal.kernel.errors import Refusal
from portal.kernel.steps import Definition, External
from workers.engine.policy import LOCAL, Retry


class Mode(Enum):
    """SYNC: somebody waits for the answer a few seconds. ASYNC: nobody does. The workers run both."""

    SYNC = "sync"
    ASYNC = "async"


class Kind(Enum):
    """What a step means for the way back."""

    READ = "read"
    COMPENSATABLE = "compensatable"
    PIVOT = "pivot"
    RETRYABLE = "retryable"


SYNC, ASYNC = Mode.SYNC, Mode.ASYNC
READ, COMPENSATABLE, PIVOT, RETRYABLE = Kind.READ, Kind.COMPENSATABLE, Kind.PIVOT, Kind.RETRYABLE

# What a function may ask for besides the command's fields, by the part it plays.
GIVEN_TO_DO = frozenset({"tx", "key"})
GIVEN_TO_UNDO = frozenset({"tx", "key", "done_key", "refusal"})
GIVEN_TO_CALL = frozenset({"call", "key"})
GIVEN_TO_RECORD = frozenset({"tx", "key", "answer"})


class Malformed(Exception):
    """The table of a saga breaks a rule; the sentence says which."""


@dataclass(frozen=True)
class Step:
    """One row. `do` is a local function or an External; `undo` is local and bears being run when `do` left nothing.

    `retry` says how both are tried again."""

    name: str
    mode: Mode
    do: Callable[..., Any] | External
    undo: Callable[..., Any] | None
    kind: Kind
    retry: Retry = LOCAL

    @property
    def external(self) -> External | None:
        """The outside call this step makes, if it makes one."""
        return self.do if isinstance(self.do, External) else None

    @cached_property
    def definition(self) -> Definition:
        """The declared service, outcome and refusals of `do`."""
        found = getattr(self.do, "definition", None)
        if not isinstance(found, Definition):
            raise Malformed(f"{self.name}: its function is not declared with @function")
        return found

    def refuses(self, refusal: Refusal) -> bool:
        """Whether this refusal is one the function declared; any other is a mistake, not an answer."""
        return isinstance(refusal, self.definition.refusals)

    @cached_property
    def takes_do(self) -> frozenset[str]:
        return parameters(self.do.intend if isinstance(self.do, External) else self.do)

    @cached_property
    def takes_undo(self) -> frozenset[str]:
        return parameters(self.undo) if self.undo else frozenset()


@dataclass(frozen=True)
class Saga:
    """A business process: compensatable steps, at most one pivot, retryable steps; reads may stand before the pivot."""

    name: str
    version: int
    command: type
    steps: tuple[Step, ...]
    deadline: float | None = None
    """Seconds from its beginning within which the pivot must have been sent; later the saga turns back by itself."""

    def __post_init__(self) -> None:
        check(self)

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Turns the command into JSON and back."""
        return TypeAdapter(self.command)

    @cached_property
    def pivot(self) -> int:
        """The index of the pivot; beyond it there is only forward. -1 if the saga has none."""
        return next((i for i, step in enumerate(self.steps) if step.kind is PIVOT), -1)


def check(saga: Saga) -> None:
    """Raises Malformed unless the table keeps every rule: order of kinds, names, pairs, and parameters."""
    names = [step.name for step in saga.steps]
    if len(set(names)) < len(names):
        raise Malformed(f"{saga.name}: two steps share a name")
    storey = {READ: 0, COMPENSATABLE: 0, PIVOT: 1, RETRYABLE: 2}
    order = [storey[step.kind] for step in saga.steps]
    if order != sorted(order) or order.count(1) > 1:
        raise Malformed(f"{saga.name}: compensatable steps come first, then at most one pivot, then retryable steps")
    for step in saga.steps:
        if (step.kind is COMPENSATABLE) != (step.undo is not None):
            raise Malformed(f"{saga.name}, {step.name}: a compensation belongs to compensatable steps alone")
        if step.kind is RETRYABLE and step.definition.refusals:
            raise Malformed(f"{saga.name}, {step.name}: behind the pivot nothing may refuse")
        if step.external and step.kind not in {PIVOT, RETRYABLE}:
            raise Malformed(f"{saga.name}, {step.name}: an outside call is a pivot or retryable")
        check_parameters(saga, step)


def check_parameters(saga: Saga, step: Step) -> None:
    """Every parameter of every function is a field of the command, or something the engine gives."""
    known = {field.name for field in fields(saga.command)}
    parts: list[tuple[Callable[..., Any], frozenset[str]]] = []
    if isinstance(step.do, External):
        parts += [(step.do.intend, GIVEN_TO_DO), (step.do.record, GIVEN_TO_RECORD)]
        parts += [(step.do.send, GIVEN_TO_CALL), (step.do.ask, GIVEN_TO_CALL)]
    else:
        parts.append((step.do, GIVEN_TO_DO))
    if step.undo:
        parts.append((step.undo, GIVEN_TO_UNDO))
    for function, given in parts:
        strangers = parameters(function) - known - given
        if strangers:
            asks = ", ".join(sorted(strangers))
            raise Malformed(f"{saga.name}, {step.name}: {function.__name__} asks for {asks}, which nobody gives")


@lru_cache
def parameters(function: Callable[..., Any]) -> frozenset[str]:
    """The names a function must be given; those with a default are its own affair."""
    signature = inspect.signature(function)
    return frozenset(p.name for p in signature.parameters.values() if p.default is p.empty)
