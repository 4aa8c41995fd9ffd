"""Questions: a statement together with what its rows say, so that whoever needs many answers gets them in one trip.

A domain offers a question beside the function that asks it. A page that looks at many things asks for all of them
`ahead`; each part of it then asks as it would alone, and finds its answer here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar, overload

from sqlalchemy import Connection

from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.pipe import Row, Statement

Rows = list[Row]
One = TypeVar("One")
Other = TypeVar("Other")
Third = TypeVar("Third")


@dataclass(frozen=True)
class Question(Generic[One]):
    """A statement, and what its rows say: so that one domain can send another's along with its own.

    `more` are statements that belong to it and are sent with it; `read` is given the rows of each of them, too.
    """

    sql: str
    given: wire.Given
    read: Callable[..., One]
    more: Sequence[Statement] = ()

    @property
    def statements(self) -> list[Statement]:
        return [(self.sql, self.given), *self.more]


def answer(tx: Tx, question: Question[One]) -> One:
    """What is so. Raises as `wire.ask` does."""
    (one,) = _answers(wire.behind(tx), question)
    return one


def answer_and_commit(tx: Tx, question: Question[One]) -> One:
    """The same, and all that this transaction has done is committed in the same trip; for use inside `transaction`."""
    return question.read(*wire.and_commit(wire.behind(tx), *question.statements))


@overload
def answers(tx: Tx, one: Question[One], other: Question[Other], /) -> tuple[One, Other]: ...
@overload
def answers(
    tx: Tx, one: Question[One], other: Question[Other], third: Question[Third], /
) -> tuple[One, Other, Third]: ...
def answers(tx: Tx, *questions: Question[Any]) -> tuple[Any, ...]:
    """The same of several, in one trip."""
    return tuple(_answers(wire.behind(tx), *questions))


def look(tx: Tx, one: Question[One], other: Question[Other], third: Question[Third], /) -> tuple[One, Other, Third]:
    """The same, but no transaction begins with it: for what many only look at and then leave, who so spare the
    database a ROLLBACK, and themselves the trip. It must lock and change nothing."""
    told, also, at_last = _answers(wire.behind(tx), one, other, third, begin=False)
    return told, also, at_last


def ahead(tx: Tx, *questions: Question[Any]) -> None:
    """Asks in one trip what will be asked one by one: `answer` then finds it here, as often as it is asked.

    Only until something else than a question is sent: what has been answered may be so no longer then.
    """
    connection = wire.behind(tx)
    statements = [statement for one in questions for statement in one.statements]
    rows = _rows_of(connection, *statements)
    known = connection.info.setdefault(wire.AHEAD, [])
    known += [(sql, given, told) for (sql, given), told in zip(statements, rows, strict=True)]


def _answers(connection: Connection, *questions: Question[Any], begin: bool = True) -> list[Any]:
    told = iter(_rows_of(connection, *(statement for one in questions for statement in one.statements), begin=begin))
    return [one.read(*islice(told, 1 + len(one.more))) for one in questions]


def _rows_of(connection: Connection, *statements: Statement, begin: bool = True) -> list[Rows]:
    """The rows of each, of those that were asked ahead without asking."""
    known: list[tuple[str, wire.Given, Rows]] = connection.info.get(wire.AHEAD, [])
    found = [next((rows for *asked, rows in known if tuple(asked) == statement), None) for statement in statements]
    if new := [statement for statement, rows in zip(statements, found, strict=True) if rows is None]:
        told = iter(wire.send(connection, *new, begin=begin)[-len(new) :])
        found = [next(told) if rows is None else rows for rows in found]
        connection.info[wire.AHEAD] = known
    return [rows or [] for rows in found]
