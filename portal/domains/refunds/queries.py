"""Reading refunds: one, or an order's. The lists of staff are in portal.reports.refunds."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.domains.refunds.models import Refund, RefundLine
from portal.kernel import questions, rows
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

OF_ORDER = f"""
SELECT {rows.columns(Refund)} FROM refunds WHERE order_id = %(order_id)s AND part_of IS NULL ORDER BY created_at DESC
"""  # noqa: S608  # our own words
LINES_OF_ORDER = f"""
SELECT {rows.columns(RefundLine)} FROM refund_lines
WHERE refund_id IN (SELECT id FROM refunds WHERE order_id = %(order_id)s AND part_of IS NULL)
"""  # noqa: S608  # our own words


def get_refund(tx: Tx, refund_id: UUID) -> Refund:
    """The refund with its lines. Raises NotFound."""
    query = select(Refund).where(Refund.id == refund_id).options(selectinload(Refund.lines))
    found = tx.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def refunds_of(tx: Tx, order_id: UUID) -> Sequence[Refund]:
    """Every refund of an order, newest first, as its customer knows them: a part of another is not one."""
    return questions.answer(tx, refunds_question(tx, order_id))


def refunds_question(tx: Tx, order_id: UUID) -> questions.Question[Sequence[Refund]]:
    """The same for whoever has more to ask."""
    given = {"order_id": order_id}

    def refunds(found: questions.Rows, lines: questions.Rows) -> Sequence[Refund]:
        return rows.with_parts(tx, Refund, found, "lines", lines)

    return questions.Question(OF_ORDER, given, refunds, more=[(LINES_OF_ORDER, given)])
