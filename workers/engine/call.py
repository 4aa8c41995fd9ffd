"""One visit to the outside: ask first if anything may have been sent before, then send, outside any transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.kernel import log
from portal.kernel.errors import Refusal
from portal.kernel.steps import Done, NoTrace, Unknown, Waiting
from workers.engine import store
from workers.engine.definition import Step, parameters
from workers.engine.intents import Intent
from workers.engine.policy import Policy
from workers.engine.store import Claim
from workers.engine.verdict import answer_of


class PastRetention(Exception):
    """The provider may have forgotten our key, so sending again could do the thing twice: a person has to look."""


@dataclass
class Answered:
    """What a visit came to, and how it got there: how often it sent, how often it asked."""

    answer: Done | Waiting | Refusal | Unknown
    sends: int = 0
    asks: int = 0


@dataclass
class Visit:
    """The call of one step, as its functions see it (portal.kernel.steps.Call)."""

    session: Session
    claim: Claim
    key: str
    first_sent_at: datetime
    age: float
    fresh: bool

    @contextmanager
    def fenced(self) -> Iterator[Session]:
        """A transaction that commits only while this driver holds the saga. Raises Fenced otherwise."""
        with store.fenced(self.session, self.claim) as tx:
            yield tx


def visit(
    session: Session,
    claim: Claim,
    step: Step,
    intent: Intent,
    fields: Mapping[str, Any],
    policy: Policy,
    *,
    fresh: bool,
) -> Answered:
    """Asks what became of an earlier send (unless `fresh`: the intent was committed in this very visit), then sends.

    Whatever is neither an answer nor a declared refusal is Unknown. Raises PastRetention when sending again is unsafe.
    """
    external = step.external
    assert external is not None  # noqa: S101  # the driver comes here for external steps only
    call = Visit(session, claim, intent.key, intent.first_sent_at, intent.age, fresh)
    asks = 0
    try:
        if not fresh:
            asks = 1
            found = external.ask(**_arguments(external.ask, call, fields))
            if not isinstance(found, NoTrace):
                return Answered(found, asks=asks)
            if not found.settled and intent.age < policy.settle:
                return Answered(Unknown("the provider does not know of it yet; its search may lag"), asks=asks)
            if intent.age > policy.key_retention:
                raise PastRetention(intent.key)
        sent = external.send(**_arguments(external.send, call, fields))
        return Answered(sent, sends=0 if fresh else 1, asks=asks)
    except Refusal as refusal:
        if not step.refuses(refusal):
            return Answered(_unknown(refusal), asks=asks)
        return Answered(refusal, asks=asks)
    except (PastRetention, store.Fenced):
        raise
    except Exception as error:
        return Answered(_unknown(error), asks=asks)


def settle(
    session: Session,
    claim: Claim,
    step: Step,
    intent: Intent,
    fields: Mapping[str, Any],
    policy: Policy,
    verdict: Mapping[str, Any],
) -> Answered:
    """Follows a person's verdict. Unless it says «done» the provider is asked first, and what it knows wins; while it
    may not know yet, the verdict waits."""
    decided = answer_of(verdict)
    if isinstance(decided, Done):
        return Answered(decided)
    external = step.external
    assert external is not None  # noqa: S101  # a verdict is about a call
    call = Visit(session, claim, intent.key, intent.first_sent_at, intent.age, fresh=False)
    settled = intent.age >= policy.settle
    try:
        found = external.ask(**_arguments(external.ask, call, fields))
        if not isinstance(found, NoTrace):
            return Answered(found, asks=1)
        settled = settled or found.settled
    except store.Fenced:
        raise
    except Refusal as refusal:
        if step.refuses(refusal):
            return Answered(refusal, asks=1)
    except Exception as error:  # nobody answers: that is why a person decided
        log.get("engine").info("a verdict goes without the provider's answer", error=str(error))
    if not settled:
        return Answered(Unknown("decided, and carried out once the provider must know of it"), asks=1)
    return Answered(decided, asks=1)


def _arguments(function: Any, call: Visit, fields: Mapping[str, Any]) -> dict[str, Any]:
    given = {**fields, "call": call, "key": call.key}
    return {name: given[name] for name in parameters(function)}


def _unknown(error: Exception) -> Unknown:
    return error if isinstance(error, Unknown) else Unknown(f"{type(error).__name__}: {error}")
