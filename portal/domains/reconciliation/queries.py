"""Reading differences, and dropping one with a reason."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_

from portal.domains import audit, payments
from portal.domains.reconciliation.comparing import CAME_LATE
from portal.domains.reconciliation.models import Difference, Run
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, NotFound, Stale
from portal.kernel.fields import reason_fault

PAGE = 50


def find_differences(
    tx: Tx, *, state: str = "open", after: tuple[datetime, UUID] | None = None, limit: int = PAGE
) -> Sequence[Difference]:
    """Differences of one state, the oldest first, at most `limit`."""
    query = select(Difference).where(Difference.state == state)
    if after:
        query = query.where(tuple_(Difference.found_at, Difference.id) > after)
    return tx.execute(query.order_by(Difference.found_at, Difference.id).limit(limit)).scalars().all()


def count_open(tx: Tx) -> int:
    """How many wait for somebody."""
    return tx.execute(select(func.count()).where(Difference.state == "open")).scalar_one()


def last_run(tx: Tx) -> Run | None:
    """The latest comparison."""
    return tx.execute(select(Run).order_by(Run.began_at.desc()).limit(1)).scalar_one_or_none()


def dismiss(tx: Tx, difference_id: UUID, *, by: UUID, reason: str, now: datetime) -> Difference:
    """A person says that nothing has to be done, and why. Raises NotFound, Stale, or Invalid on `reason`."""
    reason = reason.strip()
    if fault := reason_fault(reason, N_("Say why: others will read it later.")):
        raise Invalid({"reason": fault})
    difference = tx.get(Difference, difference_id, with_for_update=True, populate_existing=True)
    if difference is None:
        raise NotFound
    if difference.state != "open":
        raise Stale
    difference.state, difference.dismissed_by, difference.reason, difference.ended_at = "dismissed", by, reason, now
    tx.flush()
    if difference.kind == CAME_LATE and difference.number:
        payments.leave_late(tx, difference.number)
    audit.record(tx, by, "difference.dismissed", "difference", str(difference.id), ref=difference.ref, reason=reason)
    return difference
