"""The plan of every statement that something sends, asked for at the moment it is sent: SQLAlchemy's and the wire's.

Each is explained on its own connection, in its own transaction, with its own values, right before it is carried out, so
that the plan is that of the statement as it really is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from portal.kernel.db import Tx
from portal.kernel.pipe import Pipe, Statement, numbered

EXPLAINED = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
Node = Mapping[str, Any]
"""A step of a plan, as EXPLAIN (FORMAT JSON) has it."""


@dataclass(frozen=True)
class Plan:
    """A statement and how it is answered: with these values, and (`generic`) whatever the values."""

    sql: str
    root: Node
    generic: Node | None = None
    took: float = 0.0
    """Milliseconds, where it was measured."""

    def steps(self, *, generic: bool = False) -> Iterator[Node]:
        """Every step, from the top."""
        root = self.generic if generic else self.root
        return _below(root) if root else iter(())


@dataclass
class Asking:
    """How statements are explained: `measured` carries each out once more to see what it costs, and takes it back."""

    measured: bool = False
    plans: list[Plan] = field(default_factory=list)

    def about(self, raw: Any, sql: str, given: Any) -> None:
        """Notes the plan of this statement on psycopg's connection `raw`."""
        if not sql.lstrip().startswith(EXPLAINED):
            return
        with raw.cursor() as cursor:
            if self.measured:
                cursor.execute("SAVEPOINT looking", prepare=False)
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, SETTINGS, FORMAT JSON) {sql}", given, prepare=False)
                ((told,),) = cursor.fetchone()
                cursor.execute("ROLLBACK TO looking", prepare=False)
                self.plans.append(Plan(sql, told["Plan"], None, told["Planning Time"] + told["Execution Time"]))
            else:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", given, prepare=False)
                ((told,),) = cursor.fetchone()
                cursor.execute(b"EXPLAIN (GENERIC_PLAN, FORMAT JSON) " + numbered(sql)[0], prepare=False)
                ((always,),) = cursor.fetchone()
                self.plans.append(Plan(sql, told["Plan"], always["Plan"]))


def plans_of(tx: Tx, act: Callable[[Tx], object], *, measured: bool = False) -> Sequence[Plan]:
    """The plans of what `act` sends in this transaction."""
    with _asked(tx, Asking(measured)) as asking:
        act(tx)
        tx.flush()
    return asking.plans


@contextmanager
def _asked(tx: Tx, asking: Asking) -> Iterator[Asking]:
    bind, send = tx.get_bind(), Pipe.send

    def before(connection: Any, _cursor: object, sql: str, given: Any, *_: object) -> None:
        asking.about(connection.connection.driver_connection, sql, given)

    def one_by_one(pipe: Pipe, statements: Sequence[Statement], **how: bool) -> list[Any]:
        rows = []
        for sql, given in statements:
            asking.about(pipe._connection, sql, given)
            rows += send(pipe, [(sql, given)], **how)
        return rows

    event.listen(bind, "before_cursor_execute", before)
    try:
        with patch.object(Pipe, "send", one_by_one):
            yield asking
    finally:
        event.remove(bind, "before_cursor_execute", before)


def _below(node: Node) -> Iterator[Node]:
    yield node
    for below in node.get("Plans", ()):
        yield from _below(below)
