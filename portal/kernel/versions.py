"""Edits that cannot overwrite somebody else's: a row is locked, and its version compared with the one that was read."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import Tx
from portal.kernel.errors import NotFound, Stale

Row = TypeVar("Row", bound=Any)


def locked(tx: Tx, model: type[Row], row_id: UUID, version: int | None = None) -> Row:
    """The row as it is now, locked until the transaction ends. Raises NotFound, or Stale if it has another version."""
    # NO KEY UPDATE: a booking that points at the row does not wait for the editor.
    query = select(model).where(model.id == row_id).with_for_update(key_share=True)
    row: Row | None = tx.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise Stale
    return row
