"""The port to the saga engine: what a domain may ask of it, without knowing who it is.

`wsgi.py`, the workers and the tests plug the engine in; `portal` never imports it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from portal.kernel.db import Tx
from portal.kernel.questions import Question


@dataclass(frozen=True)
class StepProgress:
    """One row of a saga's table, and how far it is: waiting, running, done, refused, undone, or skipped."""

    name: str
    kind: str
    mode: str
    state: str
    attempts: int
    at: datetime | None
    error: str | None = None


@dataclass(frozen=True)
class Progress:
    """How far a saga is; `state` is one of workers.engine.models.STATES."""

    id: UUID
    kind: str
    key: str
    state: str
    attempts: int
    next_at: datetime | None
    park_reason: str | None
    refusal: Mapping[str, Any] | None
    steps: Sequence[StepProgress]
    parked_from: str | None = None
    """Where a parked saga goes on when it is resumed."""
    begun_at: datetime | None = None
    failing_since: datetime | None = None
    """Since when the step at hand has not gone through."""
    command: Mapping[str, Any] = field(default_factory=dict)
    """What it was begun with, as JSON values: a saga that takes up its matter later goes by the same."""

    @property
    def ended(self) -> bool:
        """Nothing more will happen by itself."""
        return self.state in {"done", "compensated", "handed_over"}


@dataclass(frozen=True)
class Verdict:
    """What a person decides about a call nobody has an answer to.

    `done`: it happened, `output` is what the provider would have said. `refused`: it did not, go back. `anew`: it did
    not, send it again under a new key. The provider is asked once more before the last two are followed.
    """

    answer: Literal["done", "refused", "anew"]
    reason: str
    output: Mapping[str, Any] = field(default_factory=dict)


class Engine(Protocol):
    """What the saga engine offers. Every call works in the caller's transaction."""

    def begin(self, tx: Tx, kind: str, key: str, command: Mapping[str, Any]) -> None:
        """Writes a saga that will run once this transaction commits. The same kind and key again changes nothing."""
        ...

    def progress(self, tx: Tx, kind: str, key: str) -> Progress | None:
        """How far the saga of this kind and key is; None if there is none."""
        ...

    def progress_question(self, tx: Tx, kind: str, key: str) -> Question[Progress | None]:
        """The same for whoever has more to ask."""
        ...

    def state(self, kind: str, key: str) -> Question[str | None]:
        """What asks for the state alone, for whoever waits for it and looks often; None if there is none."""
        ...

    def wake(self, tx: Tx, kind: str, key: str) -> bool:
        """Something happened outside (a webhook, a customer back from the bank): look again now. False if at rest."""
        ...

    def resume(self, tx: Tx, kind: str, key: str) -> bool:
        """A person sends a parked saga on its way again. False if it is not parked."""
        ...

    def resolve(self, tx: Tx, kind: str, key: str, verdict: Verdict) -> bool:
        """A person decides about a call without an answer. False if the saga has none, or is being driven just now."""
        ...

    def hand_over(self, tx: Tx, kind: str, key: str) -> bool:
        """A person ends a parked saga that another one finishes. False unless it is parked with no call in doubt."""
        ...


_engine: Engine | None = None


def plug(engine: Engine) -> None:
    """Connects the engine; the last one plugged is used."""
    global _engine
    _engine = engine


def engine() -> Engine:
    """The engine that is plugged in. Raises RuntimeError where none is: a mistake, not a state of business."""
    if _engine is None:
        raise RuntimeError("no saga engine is plugged in; wsgi.py and workers/main.py do that")
    return _engine
