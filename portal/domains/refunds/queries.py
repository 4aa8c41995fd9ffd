"""Reading refunds: one, or an order's. The lists of staff are in portal.reports.refunds."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

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
    return questions.Question(OF_ORDER, given, partial(_refunds, tx), more=[(LINES_OF_ORDER, given)])


def _refunds(tx: Tx, found: questions.Rows, lines: questions.Rows) -> Sequence[Refund]:
    of = defaultdict(list)
    for row in lines:
        line = rows.known(tx, RefundLine, row)
        of[line.refund_id].append(line)
    refunds = [rows.known(tx, Refund, row) for row in found]
    for refund in refunds:
        set_committed_value(refund, "lines", of[refund.id])
    return refunds
