"""The table of who did what: appended, never changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


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
