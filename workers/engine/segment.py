"""A segment: consecutive local steps in one transaction, closed by the fence, the log and the saga's new state.

A refusal undoes only its own step; what stood before it is committed together with the decision to go back. Refusals
are rare, so the first run has no savepoints: a refusal rolls it all back, and the segment runs again with them.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.kernel import log, wire
from portal.kernel.errors import N_, Refusal
from portal.kernel.pipe import Statement
from portal.kernel.steps import Done, Waiting
from workers.engine import closing, figures, intents
from workers.engine.definition import COMPENSATABLE, Saga, Step, parameters
from workers.engine.lines import Line
from workers.engine.store import Claim


class Broken(Exception):
    """A step failed in a way that is no answer. `at` is its index, so that the steps before it can be saved first."""

    def __init__(self, at: int, cause: BaseException) -> None:
        super().__init__(f"{type(cause).__name__}: {cause}")
        self.at = at


class Careful(Exception):
    """A step refused in a segment without savepoints, or nobody knows which one broke: roll it back and run it again
    with savepoints and no statement that waits for another. Both are rare."""


class TooLate(Refusal):
    """The saga's deadline passed before anything was sent outside."""

    code = "too-late"
    message = N_("It took too long, so it was stopped. Nothing was charged.")


@dataclass
class Segment:
    """What a segment has come to so far: where it stands, its lines, and how it wants to go on."""

    tx: Session
    saga: Saga
    claim: Claim
    fields: Mapping[str, Any]
    """The command's fields by name, as the functions take them."""
    position: int
    seq: int
    lines: list[Line] = field(default_factory=list)
    state: str = "running"
    refusal: dict[str, Any] | None = None
    until: datetime | None = None
    intent: intents.Planned | None = None
    """The call this segment makes ready."""
    answer: intents.Answer | None = None
    """What the call at hand came to."""
    careful: bool = False
    """A savepoint round every step that may refuse, and every statement sent at once; see Careful."""

    def __post_init__(self) -> None:
        self.begun_at = self.position
        if self.careful:
            wire.at_once(self.tx)
        else:
            wire.patient(self.tx)

    def run(self, stop: int | None = None) -> None:
        """Runs local steps until an outside call, a refusal or the end (or before index `stop`)."""
        end = len(self.saga.steps) if stop is None else stop
        while self.state == "running" and self.position < end:
            step = self.saga.steps[self.position]
            if step.external:
                self.intend(step, attempt=1)
            else:
                self._do(step)
        if self.state == "running" and self.position == len(self.saga.steps):
            self.state = "done"

    def record(self, step: Step, answer: Any, key: str) -> None:
        """Lets the domain write the answer, in the transaction that closes the step."""
        external = step.external
        assert external is not None  # noqa: S101  # only external steps have answers
        given = {**self.fields, "tx": self.tx, "key": key, "answer": answer}
        with self._step(self.position, timed=False):
            external.record(**{name: given[name] for name in parameters(external.record)})
            self.tx.flush()

    def answered(self, step: Step, answer: Done | Waiting | Refusal, stop: int | None) -> None:
        """Goes on from what the outside said: waits, turns round, or runs the local steps that follow."""
        if isinstance(answer, Waiting):
            self.state, self.until = "waiting", answer.until
        elif isinstance(answer, Refusal):
            self.refuse(step, answer)
        else:
            self.done(step, answer.output)
            self.run(stop)

    def done(self, step: Step, output: Any) -> None:
        """Notes that the step at hand is done and moves on."""
        self._line(step, "done", dict(output) if isinstance(output, Mapping) else None)
        self.position += 1
        self.state = "running"

    def refuse(self, step: Step, refusal: Refusal) -> None:
        """Notes that business said no and turns round. A refused compensatable step is undone too, by its own undo:
        what was prepared for it before the saga began is its to clear away."""
        self.refusal = {"step": step.name, "code": refusal.code, "message": refusal.message, "params": refusal.params}
        self._line(step, "refused", self.refusal)
        self.position -= 0 if step.kind is COMPENSATABLE else 1
        self.state = "compensating"

    def turn_back(self) -> None:
        """Turns round because the deadline has passed, as if the next step that can be undone had refused: what was
        prepared before the saga began is its undo's to clear away, even if nothing has been done yet."""
        ahead = range(self.position, self.saga.pivot)
        self.position = next((i for i in ahead if self.saga.steps[i].kind is COMPENSATABLE), self.position)
        self.refuse(self.saga.steps[self.position], TooLate())

    def undo(self, wanted: set[str]) -> None:
        """Runs the next compensation; steps that left nothing, or have none, are passed over."""
        while self.position >= 0:
            step = self.saga.steps[self.position]
            self.position -= 1
            if step.undo and step.name in wanted:
                with self._step(self.position + 1):
                    step.undo(**self._undoing(step))
                self._line(step, "undone", None, phase="undo")
                break
        if not any(s.undo and s.name in wanted for s in self.saga.steps[: self.position + 1]):
            self.position, self.state = -1, "compensated"

    def close(self, lease: float, *, keep: bool, take: Sequence[Statement] = ()) -> tuple[datetime, Claim | None]:
        """Writes fence, log and state, and commits; answers as closing.close.

        Raises Fenced, and the caller's transaction is then rolled back.
        """
        try:
            return closing.close(
                self.tx,
                self.claim,
                state=self.state,
                begun_at=self.begun_at,
                position=self.position,
                lines=self.lines,
                lease=lease,
                keep=keep,
                next_at=self.until,
                refusal=self.refusal,
                intent=self.intent,
                answer=self.answer,
                take=take,
            )
        except wire.EarlierFailed as error:
            raise Careful from error

    def _do(self, step: Step) -> None:
        arguments = self._arguments(step.takes_do, step)
        with self._step(self.position):
            if not step.definition.refusals:
                output = step.do(**arguments)  # type: ignore[operator]  # local: checked by run()
            elif not self.careful:
                try:
                    output = step.do(**arguments)  # type: ignore[operator]  # local, as above
                except Refusal as refusal:
                    if not step.refuses(refusal):
                        raise
                    raise Careful from refusal
            else:
                try:
                    with self.tx.begin_nested():
                        output = step.do(**arguments)  # type: ignore[operator]  # local, as above
                except Refusal as refusal:
                    if not step.refuses(refusal):
                        raise
                    self.refuse(step, refusal)
                    return
        self.done(step, output)

    def intend(self, step: Step, attempt: int) -> None:
        """Lets the domain write what it is about to send; a call that needs nobody is done on the spot."""
        external = step.external
        assert external is not None  # noqa: S101  # only external steps are intended
        key = call_key(self.claim, step, attempt)
        with self._step(self.position, timed=False):
            nothing = external.intend(**self._arguments(step.takes_do, step, key=key))
            if isinstance(nothing, Done):
                self.done(step, nothing.output)
                return
            self.tx.flush()
        self.intent = intents.Planned(key, step.name, attempt)
        self.state = "calling"

    def _arguments(self, wanted: frozenset[str], step: Step, **given: Any) -> dict[str, Any]:
        given["tx"] = self.tx
        if "key" in wanted and "key" not in given:
            given["key"] = step_key(self.claim, step)
        return {name: given[name] if name in given else self.fields[name] for name in wanted}

    def _undoing(self, step: Step) -> dict[str, Any]:
        """A compensation has a key of its own, and is told the key under which the thing was done."""
        done_key = step_key(self.claim, step)
        given = {"key": f"{done_key}:undo", "done_key": done_key, "refusal": self.claim.refusal}
        return self._arguments(step.takes_undo, step, **given)

    def _line(self, step: Step, outcome: str, output: dict[str, Any] | None, phase: str = "do") -> None:
        self.lines.append(Line(step.name, phase, outcome, self.seq, output))
        self.seq += 1

    def _step(self, at: int, *, timed: bool = True) -> "_Guard":
        return _Guard(at, self.saga.name, self.saga.steps[at].name, timed)


@dataclass
class _Guard:
    """Names the step in whose hands something broke, and times the ones that went well."""

    at: int
    saga: str
    step: str
    timed: bool
    """Preparing a call is not the call: the driver times that."""
    began: float = 0.0

    def __enter__(self) -> None:
        log.note("step", self.step)
        self.began = time.perf_counter()

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None and self.timed:
            figures.STEP.took(time.perf_counter() - self.began, self.saga, self.step)
        elif isinstance(error, Exception) and not isinstance(error, Broken | Careful):
            if isinstance(error, wire.EarlierFailed):
                raise Careful from error
            raise Broken(self.at, error) from error


def step_key(claim: Claim, step: Step) -> str:
    """The key of a step's effect, the same however often it is tried."""
    return f"{claim.id}:{step.name.replace(' ', '-')}"


def call_key(claim: Claim, step: Step, attempt: int) -> str:
    """The key of one attempt, the same after any crash: `saga:step:attempt`."""
    return f"{step_key(claim, step)}:{attempt}"
