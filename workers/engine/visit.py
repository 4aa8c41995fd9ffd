"""One visit of one saga: as much of it as can be done now.

It runs all consecutive local steps. Only an outside call without an answer, a wait, a failure or the end lets the saga
go. Every write is fenced: whoever lost the lease commits nothing.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from portal.kernel import log, wire
from portal.kernel.errors import Refusal
from portal.kernel.pipe import Statement
from portal.kernel.steps import Done, Unknown, Waiting
from workers.engine import call, closing, figures, intents, store
from workers.engine.book import Book
from workers.engine.call import PastRetention
from workers.engine.definition import RETRYABLE, Saga
from workers.engine.intents import Intent
from workers.engine.models import AT_REST, CALLED
from workers.engine.policy import Policy
from workers.engine.segment import Broken, Careful, Segment
from workers.engine.store import Claim, Fenced
from workers.engine.verdict import Anew


class Visit:
    """One visit of one saga. `run` may leave the `next` one, claimed already in the commit that ended this one."""

    def __init__(
        self,
        session: Session,
        claim: Claim,
        *,
        book: Book,
        policy: Policy,
        stopping: Callable[[], bool],
        take: Sequence[Statement] = (),
    ) -> None:
        self.policy = policy
        self.stopping = stopping
        self.take = take
        """What claims the next saga, for whoever can drive it."""
        self.looked = False
        """Whether the last commit looked for the next saga; whoever comes due after it has a ring of its own."""
        self.next: Claim | None = None
        self.left: str | None = None
        """The state in which the saga was left; None while it is driven, and when somebody else took it."""
        self.session = session
        self.claim = claim
        saga = book.find(claim.kind, claim.version)
        assert saga is not None  # noqa: S101  # the claim asks for known versions only
        self.saga: Saga = saga
        self.fields: Mapping[str, Any] = {}
        self.state = claim.state
        self.position = claim.position
        self.fresh = False
        """The intent at hand was committed in this visit, so nothing of it can have been sent before."""
        self.stop_before: int | None = None
        self.careful = False
        self.kept = False
        """Whether the last segment went on holding the saga, as it was committed."""
        self.intent: Intent | None = None

    def run(self) -> str:
        """Goes on until the saga rests, waits, or fails; returns the state it was left in."""
        if self.claim.attempts > self.policy.max_attempts:
            with wire.transaction(self.session) as tx:
                return self._park(tx.connection(), "it was tried too often without getting on", None)
        try:
            self.fields = vars(self.saga.adapter.validate_python(self.claim.command))
        except ValueError as error:
            with wire.transaction(self.session) as tx:
                self._put_off(tx.connection(), self.state, f"its command cannot be read: {error}")
            return self.state
        try:
            if self.claim.late and self.state in {"ready", "running"} and self.position <= self.saga.pivot:
                self._turn_back()
            while self.state not in AT_REST:
                keep_going = self._call() if self.state in CALLED else self._step()
                if not keep_going:
                    break
        except PastRetention:
            with wire.transaction(self.session) as tx:
                return self._park(tx.connection(), "the provider may have forgotten our key; ask it and decide", None)
        return self.state

    def _turn_back(self) -> None:
        """The deadline has passed and nothing was sent outside: what was done is undone."""
        with wire.transaction(self.session) as tx:
            segment = self._segment(tx)
            segment.turn_back()
            self._close(segment)
        self._went_on(segment)

    def _step(self) -> bool:
        """One transaction of local steps, forward or back. Returns whether to go on."""
        try:
            with wire.transaction(self.session) as tx:
                segment = self._segment(tx)
                if self.state == "compensating":
                    segment.state = "compensating"
                    segment.undo(closing.undone(tx.connection(), self.claim))
                else:
                    segment.run(stop=self.stop_before)
                self._close(segment)
        except Broken as broken:
            return self._broken(broken)
        except (Careful, wire.EarlierFailed):
            self.careful = True
            return True
        return self._went_on(segment)

    def _call(self) -> bool:
        """Asks or sends, then writes the answer together with the local steps that follow it."""
        step = self.saga.steps[self.position]
        external = step.external
        assert external is not None  # noqa: S101  # only external steps have these states
        intent = self.intent if self.fresh else None
        if intent is None:
            with wire.transaction(self.session) as tx:
                intent = intents.find_intent(tx.connection(), self.claim, step.name)
        assert intent is not None  # noqa: S101  # it was committed together with the state
        about = (self.session, self.claim, step, intent, self.fields)
        log.note("step", step.name)
        began = time.perf_counter()
        if self.claim.verdict:
            answered = call.settle(*about, self.policy, self.claim.verdict)
        else:
            answered = call.visit(*about, self.policy, fresh=self.fresh)
        figures.STEP.took(time.perf_counter() - began, self.saga.name, step.name)
        self.fresh = False
        answer = answered.answer
        if isinstance(answer, Refusal) and step.kind is RETRYABLE and not isinstance(answer, Anew):
            answer = Unknown(f"behind the pivot nothing may refuse: {answer}")
        try:
            with wire.transaction(self.session) as tx:
                segment = self._segment(tx)
                segment.record(step, answer, intent.key)
                if isinstance(answer, Unknown):
                    counts = {"sends": answered.sends, "asks": answered.asks}
                    intents.unanswered(tx.connection(), intent, error=str(answer), **counts)
                    return self._put_off(tx.connection(), "unknown", str(answer))
                if isinstance(answer, Anew):
                    intents.abandon(tx.connection(), intent, asks=answered.asks, error=str(answer))
                    segment.intend(step, intent.attempt + 1)
                else:
                    became = (*_call_state(answer), answered.sends, answered.asks)
                    segment.answer = intents.Answer(intent.step, intent.attempt, *became)
                    segment.answered(step, answer, stop=self.stop_before)
                self._close(segment)
        except (Careful, wire.EarlierFailed):
            self.careful = True
            return True
        except Broken as broken:
            # The answer is known but a step behind it broke: save the answer alone, then look at the step by itself.
            if broken.at == self.position or self.stop_before == self.position + 1:
                return self._broken(broken)
            self.stop_before = self.position + 1
            return True
        return self._went_on(segment)

    def _segment(self, tx: Session) -> Segment:
        return Segment(tx, self.saga, self.claim, self.fields, self.position, seq=self._seq(), careful=self.careful)

    def _seq(self) -> int:
        """A number that grows with every line: forward lines count up by position, lines of the way back follow."""
        steps = len(self.saga.steps)
        return 2 * steps - self.position if self.state == "compensating" else self.position

    def _close(self, segment: Segment) -> None:
        stopping = self.stopping()
        self.kept = segment.state not in (*AT_REST, "waiting") and not stopping
        take = () if self.kept or stopping else self.take
        moment, self.next = segment.close(self.policy.lease, keep=self.kept, take=take)
        self.looked = bool(take)
        if call := segment.intent:
            self.intent = Intent(self.claim.id, call.step, call.attempt, call.key, "sent", moment, 0.0)

    def _went_on(self, segment: Segment) -> bool:
        self.fresh = segment.state == "calling"
        self.state, self.position = segment.state, segment.position
        self.stop_before, self.careful = None, False
        if segment.refusal or self.claim.verdict or self.claim.failing_for:
            refusal = segment.refusal or self.claim.refusal
            self.claim = replace(self.claim, refusal=refusal, verdict=None, failing_for=0.0)
        return self.kept

    def _broken(self, broken: Broken) -> bool:
        """Saves the steps before the broken one in a segment of their own; the broken one waits for its next try."""
        if broken.at > self.position and self.stop_before is None and self.state != "compensating":
            self.stop_before = broken.at
            return True
        with wire.transaction(self.session) as tx:  # first of all: who lost the saga stumbles over what became of it
            self._put_off(tx.connection(), self.state, str(broken))
        log.get("engine").error("step broke", at=broken.at, error=str(broken))
        return False

    def _put_off(self, connection: Connection, state: str, error: str) -> bool:
        """Gives the saga back until its next try, or parks it. Always False: this visit is over."""
        retry = self.saga.steps[max(self.position, 0)].retry
        self.state = state
        if self.policy.gives_up(retry, self.claim.failing_for):
            self._park(connection, f"no success for {round(self.claim.failing_for)} seconds", error)
            return False
        figures.RETRIES.add(self.saga.name, "unknown" if state == "unknown" else "broken")
        self._let_go(connection, error, self.policy.delay(retry, self.claim.attempts))
        return False

    def _park(self, connection: Connection, reason: str, error: str | None) -> str:
        """Lays the saga aside for a person, in the caller's transaction; news that came meanwhile are heard first."""
        if store.park(connection, self.claim, state=self.state, reason=reason, error=error):
            log.get("engine").error("parked", reason=reason)
            self.state = "parked"
        else:
            self._let_go(connection, error or reason, 0.0)
        return self.state

    def _let_go(self, connection: Connection, error: str, delay: float) -> None:
        if not store.put_off(connection, self.claim, state=self.state, error=error, delay=delay):
            raise Fenced(self.claim.id)


def _call_state(answer: Any) -> tuple[str, str | None]:
    if isinstance(answer, Waiting):
        return "waiting", None
    if isinstance(answer, Refusal):
        return "refused", answer.code
    assert isinstance(answer, Done), answer  # noqa: S101  # send and ask answer nothing else
    return "done", None
