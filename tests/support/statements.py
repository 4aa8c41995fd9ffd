"""Counts SQL statements, so that a page's number of them stays what it was."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from portal.kernel.db import Tx


@contextmanager
def counted(tx: Tx) -> Iterator[list[str]]:
    """The statements that are sent meanwhile, as they are sent."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    bind = tx.get_bind()
    event.listen(bind, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(bind, "before_cursor_execute", note)
