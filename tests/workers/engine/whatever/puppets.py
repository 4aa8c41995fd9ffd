"""Drivers on strings: each runs in a thread of its own and stops wherever another could overtake it.

It stops before its claim, at the beginning of each transaction, and on both sides of each call to the outside; nowhere
does it hold a lock there. Killing it where it stops is like killing it at any moment before the next commit.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, event

from portal.kernel import wire
from workers.engine import Driver

PATIENCE = 20.0


class Killed(BaseException):
    """The process is gone. No `except Exception` of the engine may see it."""


class Cut(ConnectionResetError):
    """The connection was lost at a commit: before it took effect, or behind it."""


class Puppet:
    """One driver. `go` lets it run to where it stops next; `kill` ends its process and starts it anew."""

    def __init__(self, name: str, make: Callable[[], Driver]) -> None:
        self.name = name
        self.make = make
        self.driver = make()
        self.at = ""
        """Where it stands; '' while it is idle."""
        self.meant: set[str] = set()
        self.asked: set[str] = set()
        self.cut = ""
        """The side of its next commit on which the connection is lost."""
        self.fault: BaseException | None = None
        self._thread: threading.Thread | None = None
        self._may_go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        self._doomed = False

    def go(self, saga_id: UUID) -> None:
        """To the next stop, or to the end of its visit."""
        if self._thread is None:
            self.meant, self.asked = set(), set()
            self._thread = threading.Thread(target=self._visit, args=(saga_id,), name=self.name, daemon=True)
            self._thread.start()
        else:
            self._may_go.release()
        self._wait()

    def end(self, saga_id: UUID) -> None:
        """To the end of its visit."""
        self.go(saga_id)
        while self._thread:
            self.go(saga_id)

    def kill(self) -> None:
        """The process dies where it stands; another takes its place."""
        if self._thread:
            self._doomed = True
            self._may_go.release()
            self._wait()
        self._doomed, self.driver = False, self.make()

    def stop(self, where: str) -> None:
        """Called in the driver's own thread."""
        if self._doomed:
            raise Killed
        self.at = where
        self._stopped.release()
        self._may_go.acquire()
        if self._doomed:
            raise Killed

    def _visit(self, saga_id: UUID) -> None:
        try:
            self.driver.visit(saga_id)
        except (Killed, Cut):
            pass
        except BaseException as fault:
            self.fault = fault
        self.at = ""
        self._stopped.release()

    def _wait(self) -> None:
        if not self._stopped.acquire(timeout=PATIENCE):
            raise TimeoutError(f"{self.name} does not come back from {self.at!r}")
        if self._thread and not self.at:
            self._thread.join()
            self._thread = None
        if self.fault:
            fault, self.fault = self.fault, None
            raise fault


class Strings:
    """Knows whose thread it is in, and takes hold of both ways to commit (as tests/crash/moments.py does)."""

    def __init__(self) -> None:
        self.puppets: list[Puppet] = []
        self.committed: Callable[[Puppet], None] = lambda puppet: None

    def pulled(self) -> Puppet | None:
        """The puppet in whose thread this is called."""
        here = threading.current_thread()
        return next((puppet for puppet in self.puppets if puppet._thread is here), None)

    def stop(self, where: str) -> None:
        if puppet := self.pulled():
            puppet.stop(where)

    @contextmanager
    def attached(self, engine: Engine) -> Iterator[None]:
        """Stops and cuts on this engine's connections, and on the wire, until the end of the block."""
        and_commit, do_commit = wire.and_commit, engine.dialect.do_commit

        def on_the_wire(connection: Any, *statements: Any) -> Any:
            if any("epoch = epoch + 1" in sql for sql, _given in statements):
                self.stop("before the claim")
            return self._commit(lambda: and_commit(connection, *statements))

        def begins(_connection: Any) -> None:
            self.stop("before a transaction")

        event.listen(engine, "begin", begins)
        wire.and_commit = on_the_wire
        dialect: Any = engine.dialect
        dialect.do_commit = lambda connection: self._commit(lambda: do_commit(connection))
        try:
            yield
        finally:
            event.remove(engine, "begin", begins)
            wire.and_commit, dialect.do_commit = and_commit, do_commit

    def _commit(self, commit: Callable[[], Any]) -> Any:
        puppet = self.pulled()
        if puppet is None:
            return commit()
        cut, puppet.cut = puppet.cut, ""
        if cut == "before":
            raise Cut
        result = commit()
        self.committed(puppet)
        if cut == "after":
            raise Cut
        return result
