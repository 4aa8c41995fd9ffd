"""Tables of reconciliation: each run over the provider's list, and each difference it found."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id

KINDS = (
    "charge_unknown_here",
    "charge_in_doubt_here",
    "charge_given_up_here",
    "charge_missing_there",
    "amount_differs",
    "refund_unknown_here",
    "refund_in_doubt_here",
    "refund_missing_there",
    "refund_failed_there",
)


class Run(Base):
    """One comparison with one provider over one span of time. Without an end it was interrupted, and is run again."""

    __tablename__ = "reconciliations"
    __table_args__ = (Index("reconciliations_provider_began_at_idx", "provider", "began_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    provider: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    compared: Mapped[int] = mapped_column(server_default="0", default=0)
    """How many movements of money the provider's list had."""


class Difference(Base):
    """Something the provider's books and ours do not agree on. Found again, it is the same row."""

    __tablename__ = "differences"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'cured', 'dismissed')", name="state_known"),
        CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name="kind_known"),
        CheckConstraint("(state = 'dismissed') = (dismissed_by IS NOT NULL)", name="dismissed_by_somebody"),
        CheckConstraint("state <> 'dismissed' OR reason <> ''", name="dismissed_with_reason"),
        UniqueConstraint("provider", "kind", "ref"),
        Index("differences_state_found_at_idx", "state", "found_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    provider: Mapped[str]
    kind: Mapped[str]
    ref: Mapped[str]
    """The provider's reference; ours where the provider has none."""
    number: Mapped[str | None]
    """The order, as far as it is known."""
    ours: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    theirs: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    currency: Mapped[str]
    moved_at: Mapped[datetime]
    """When the money moved, by the books that have it."""
    state: Mapped[str] = mapped_column(server_default="open", default="open")
    found_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """The last run that found it; a run that no longer does cures it."""
    ended_at: Mapped[datetime | None]
    dismissed_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    reason: Mapped[str] = mapped_column(server_default="", default="")
