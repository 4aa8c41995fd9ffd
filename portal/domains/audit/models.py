"""Tables of who did what, appended and never changed, and of what one person proposed and another has to confirm."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class AuditEntry(Base):
    """One act. `actor_id` is null for what the house did by itself."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("audit_entries_subject_idx", "subject_kind", "subject_id", "id"),
        Index("audit_entries_actor_id_idx", "actor_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    details: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")


class Proposal(Base):
    """An act that needs two people: open, then confirmed by somebody else, or withdrawn."""

    __tablename__ = "proposals"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'confirmed', 'withdrawn')", name="state_known"),
        CheckConstraint("(state = 'open') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("state <> 'confirmed' OR decided_by <> proposed_by", name="four_eyes"),
        CheckConstraint("reason <> ''", name="with_reason"),
        Index("proposals_open_once_idx", "subject", "act", unique=True, postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    act: Mapped[str]
    subject: Mapped[str]
    """What it is about, as the room that acts names it: «payment JR-…»."""
    details: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open", default="open")
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
