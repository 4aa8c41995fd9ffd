"""Reading refunds: one, an order's, or the queue of staff; every list is bounded and ordered by an index."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import selectinload

from portal.domains.refunds.models import Refund
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

PAGE = 25


def get_refund(tx: Tx, refund_id: UUID) -> Refund:
    """The refund with its lines. Raises NotFound."""
    query = select(Refund).where(Refund.id == refund_id).options(selectinload(Refund.lines))
    found = tx.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def refunds_of(tx: Tx, order_id: UUID) -> Sequence[Refund]:
    """Every refund of an order, newest first, as its customer knows them: a part of another is not one."""
    query = (
        select(Refund).where(Refund.order_id == order_id, Refund.part_of.is_(None)).options(selectinload(Refund.lines))
    )
    return tx.execute(query.order_by(Refund.created_at.desc())).scalars().all()


def queue(
    tx: Tx, *, state: str | None = "requested", limit: int = PAGE, after: tuple[datetime, UUID] | None = None
) -> Sequence[Refund]:
    """Refunds for staff, those that wait longest first, at most `limit`."""
    query = select(Refund).where(Refund.part_of.is_(None)).options(selectinload(Refund.lines))
    if state:
        query = query.where(Refund.state == state)
    if after:
        query = query.where(tuple_(Refund.created_at, Refund.id) > after)
    return tx.execute(query.order_by(Refund.created_at, Refund.id).limit(limit)).scalars().all()
