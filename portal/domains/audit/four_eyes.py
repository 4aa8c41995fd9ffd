"""Four eyes: what one person proposes another one confirms; done once, and both are on record."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.domains.audit.models import Proposal
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Fact, NotFound
from portal.kernel.ids import new_id


class SamePerson(Fact):
    """Whoever proposed an act cannot confirm it."""

    code = "same-person"
    message = N_("You proposed this yourself. Somebody else has to confirm it.")


class AlreadyProposed(Fact):
    """The same act on the same thing waits for its confirmation already."""

    code = "already-proposed"
    message = N_("This was proposed before and waits for a second person.")


class NoLongerOpen(Fact):
    """Somebody confirmed or withdrew it meanwhile."""

    code = "no-longer-open"
    message = N_("Somebody has already decided about this proposal.")


def propose(
    tx: Tx, act: str, subject: str, *, by: UUID, reason: str, now: datetime, details: Mapping[str, Any] | None = None
) -> Proposal:
    """Writes that `by` wants `act` done to `subject`. Raises AlreadyProposed while the same one is open."""
    proposal_id = new_id()
    written = tx.execute(
        insert(Proposal)
        .values(
            id=proposal_id,
            act=act,
            subject=subject,
            details=dict(details or {}),
            reason=reason,
            proposed_by=by,
            proposed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Proposal.id)
    ).scalar()
    if written is None:
        raise AlreadyProposed
    return tx.get_one(Proposal, proposal_id)


def confirm(tx: Tx, proposal_id: UUID, *, by: UUID, now: datetime) -> Proposal:
    """A second person agrees; the caller then does the act. Raises NotFound, SamePerson, or NoLongerOpen."""
    proposal = _open(tx, proposal_id)
    if proposal.proposed_by == by:
        raise SamePerson
    proposal.state, proposal.decided_by, proposal.decided_at = "confirmed", by, now
    tx.flush()
    return proposal


def withdraw(tx: Tx, proposal_id: UUID, *, by: UUID, now: datetime) -> Proposal:
    """Anybody who may propose may also drop it; nothing is done. Raises NotFound, or NoLongerOpen."""
    proposal = _open(tx, proposal_id)
    proposal.state, proposal.decided_by, proposal.decided_at = "withdrawn", by, now
    tx.flush()
    return proposal


def open_proposals(tx: Tx, *, subject: str | None = None, limit: int = 50) -> Sequence[Proposal]:
    """What waits for a second person, the oldest first, at most `limit`."""
    query = select(Proposal).where(Proposal.state == "open")
    if subject:
        query = query.where(Proposal.subject == subject)
    return tx.execute(query.order_by(Proposal.proposed_at).limit(limit)).scalars().all()


def _open(tx: Tx, proposal_id: UUID) -> Proposal:
    query = select(Proposal).where(Proposal.id == proposal_id).with_for_update()
    proposal = tx.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if proposal is None:
        raise NotFound
    if proposal.state != "open":
        raise NoLongerOpen
    return proposal
