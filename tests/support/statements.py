"""Counts SQL statements, so that a page's or a booking's number of them stays what it was."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from portal.kernel.db import Tx
from portal.kernel.pipe import Pipe, Statement


@contextmanager
def counted(tx: Tx) -> Iterator[list[str]]:
    """The statements that are sent meanwhile on this session's database, SQLAlchemy's and the wire's, as they are sent;
    commits do not count."""
    with counted_on(tx.get_bind()) as sent:
        yield sent


@contextmanager
def counted_on(bind: Any) -> Iterator[list[str]]:
    """The same for everybody who uses this engine or connection (of the wire: for everybody)."""
    sent: list[str] = []
    send = Pipe.send

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    def noted(pipe: Pipe, statements: Sequence[Statement]) -> list[Any]:
        sent.extend(sql for sql, _ in statements if sql != "COMMIT")
        return send(pipe, statements)

    event.listen(bind, "before_cursor_execute", note)
    try:
        with patch.object(Pipe, "send", noted):
            yield sent
    finally:
        event.remove(bind, "before_cursor_execute", note)
