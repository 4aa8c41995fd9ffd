"""Moments at which a worker can die: before and after every commit, before and after every call to the provider.

Nothing in the portal knows of this: both ways to commit, both ways to send a statement and the gateway are wrapped from
outside.
"""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

from portal.domains import payments
from portal.kernel import wire
from portal.kernel.pipe import Pipe, Statement

CALLS = ("open", "confirm", "cancel", "find", "find_by_key", "repay", "find_repayment")


@dataclass(frozen=True)
class Moment:
    """The `index`th thing of this run: a commit or a call, and the side of it. `label` is for people."""

    index: int
    side: str
    label: str

    def __str__(self) -> str:
        return f"{self.side} {self.label}"


class Watch:
    """Sees every moment pass; `act` is told each."""

    def __init__(self, engine: Engine, act: Callable[[Moment], None]) -> None:
        self.act = act
        self.count = 0
        self._here = threading.local()
        event.listen(engine, "before_cursor_execute", self._saw)
        self._wrap_wire()
        self._wrap_commit(engine)
        chosen = payments.current().name
        for name in ("stripe", "toss"):
            payments.plug(_Watched(payments.named(name), self))
        payments.plug(payments.named(chosen))

    def around(self, label: str, what: Callable[[], Any]) -> Any:
        """Does `what`, with a moment before it and one after it."""
        index, self.count = self.count, self.count + 1
        self.act(Moment(index, "before", label))
        result = what()
        self.act(Moment(index, "after", label))
        return result

    @property
    def wrote(self) -> list[str]:
        """What this thread is about to commit. The sweep, which commits its looks meanwhile, has nothing to do with it;
        taken for a moment, one of its commits would put off the blow to another place, or to none."""
        found: list[str] = self._here.__dict__.setdefault("wrote", [])
        return found

    def _saw(self, _conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if label := _label(statement, parameters):
            self.wrote.append(label)

    def _wrap_wire(self) -> None:
        send = Pipe.send

        def watched(pipe: Pipe, statements: Sequence[Statement], **how: bool) -> Any:
            for sql, given in statements:
                self._saw(None, None, sql, given)
            return send(pipe, statements, **how)

        Pipe.send = watched  # type: ignore[method-assign]  # to watch it

    def _wrap_commit(self, engine: Engine) -> None:
        commit = engine.dialect.do_commit

        def watched(connection: Any) -> None:
            wrote = self.wrote.copy()
            self.wrote.clear()
            if wrote:
                self.around(f"commit of {', '.join(wrote)}", lambda: commit(connection))
            else:
                commit(connection)

        engine.dialect.do_commit = watched  # type: ignore[method-assign]  # to watch it, too
        and_commit = wire.and_commit

        def watched_too(connection: Any, *statements: Any) -> Any:
            wrote = [*self.wrote, *filter(None, (_label(sql, given) for sql, given in statements))] or ["a statement"]
            result = self.around(f"commit of {', '.join(wrote)}", lambda: and_commit(connection, *statements))
            self.wrote.clear()
            return result

        wire.and_commit = watched_too


class _Watched:
    """The gateway, with a moment on each side of each call."""

    def __init__(self, gateway: Any, watch: Watch) -> None:
        self._gateway = gateway
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._gateway, name)
        if name not in CALLS:
            return found
        return lambda *given, **named: self._watch.around(f"provider: {name}", lambda: found(*given, **named))


def _label(statement: str, parameters: Any) -> str | None:
    if "epoch = epoch + 1" in statement:
        return "the claim"
    if "log = log ||" in statement:
        lines = json.loads(parameters["lines"])
        said = [f"«{line['step']}» {line.get('outcome', 'done')}" for line in lines]
        if len(said) > 2:
            said = [f"{said[0]} … {said[-1]}"]
        return " + ".join(said) or f"state {parameters['state']}"
    if statement.lstrip().startswith("INSERT INTO saga_calls"):
        return "the intent"
    if "SET provider_ref = %(ref)s" in statement:
        return "the provider's reference"
    if "last_error" in statement and "UPDATE sagas" in statement:
        return "putting off"
    return None


def strike(at: int, side: str, number: int) -> Callable[[Moment], None]:
    """Sends this very process the signal at one moment. After SIGSTOP it goes on when somebody says so; SIGTERM goes to
    the master, as a supervisor would send it."""

    def act(moment: Moment) -> None:
        if (moment.index, moment.side) == (at, side):
            if number == signal.SIGTERM:
                os.kill(os.getppid(), signal.SIGTERM)
                time.sleep(0.3)  # until the master has told this process
            else:
                os.kill(os.getpid(), number)

    return act
