"""Counts SQL statements and round trips, so that a page's or a booking's number of them stays what it was."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from portal.kernel.db import Tx
from portal.kernel.pipe import Pipe, Statement


class Sent(list[str]):
    """The statements that were sent, without commits, and in how many round trips, without SQLAlchemy's commits."""

    trips = 0


@contextmanager
def counted(tx: Tx) -> Iterator[Sent]:
    """The statements that are sent meanwhile on this session's database, SQLAlchemy's and the wire's, as they are."""
    with counted_on(tx.get_bind()) as sent:
        yield sent


@contextmanager
def counted_on(bind: Any) -> Iterator[Sent]:
    """The same for everybody who uses this engine or connection (of the wire: for everybody)."""
    sent = Sent()
    send = Pipe.send

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)
        sent.trips += 1

    def noted(pipe: Pipe, statements: Sequence[Statement], **how: bool) -> list[Any]:
        sent.extend(sql for sql, _ in statements if sql != "COMMIT")
        sent.trips += 1
        return send(pipe, statements, **how)

    event.listen(bind, "before_cursor_execute", note)
    try:
        with patch.object(Pipe, "send", noted):
            yield sent
    finally:
        event.remove(bind, "before_cursor_execute", note)
