"""Tables of money going back: a refund as somebody asked for it, and the lines it covers."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class Refund(Base):
    """requested → approved | rejected → sent → settled; cancelled when the provider would not take it, or when its
    customer withdrew it."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint(
            "state IN ('requested', 'approved', 'rejected', 'sent', 'settled', 'cancelled')", name="state_known"
        ),
        CheckConstraint("amount >= 0 AND points >= 0 AND accrual >= 0", name="money_not_negative"),
        CheckConstraint("fee >= 0", name="fee_not_negative"),
        CheckConstraint("tries >= 1", name="tries_positive"),
        CheckConstraint("state <> 'rejected' OR decision_reason <> ''", name="rejected_with_reason"),
        UniqueConstraint("order_id", "idempotency_key"),
        # While one refund of an order is open, a second request waits for its end.
        Index(
            "refunds_open_once_idx",
            "order_id",
            unique=True,
            postgresql_where=text("state IN ('requested', 'approved') AND part_of IS NULL"),
        ),
        Index("refunds_state_created_at_idx", "state", "created_at"),
        Index("refunds_created_at_idx", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    state: Mapped[str] = mapped_column(server_default="requested", default="requested")
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    """Money that goes back to the card."""
    points: Mapped[int] = mapped_column(server_default="0", default=0)
    """Points that come back to the customer."""
    accrual: Mapped[int] = mapped_column(server_default="0", default=0)
    """Points the order had earned that go."""
    fee: Mapped[Decimal] = mapped_column(Numeric(12, 2), server_default="0", default=Decimal(0))
    """What was kept by the rules of its lines; amount and points are without it."""
    currency: Mapped[str] = mapped_column(server_default="KRW")
    reason: Mapped[str]
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decision_reason: Mapped[str] = mapped_column(server_default="")
    decided_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments.id"))
    """The payment it goes back from, where the order has several."""
    part_of: Mapped[UUID | None] = mapped_column(ForeignKey("refunds.id"), index=True)
    """The refund that this is a part of: what its payment could not give back goes back from another one."""
    attempt_key: Mapped[str | None] = mapped_column(unique=True)
    """The key of the latest attempt at the provider. If it failed though the refund was sent, its money came back."""
    tries: Mapped[int] = mapped_column(server_default="1", default=1)
    """How many attempts there were; a person's new try is one more, a crash is not."""
    idempotency_key: Mapped[str | None]
    request_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    lines: Mapped[list["RefundLine"]] = relationship(lazy="raise")

    @property
    def withdrawn(self) -> bool:
        """Its customer took it back before anybody had decided."""
        return self.state == "cancelled" and self.decided_at is None


class RefundLine(Base):
    """One order line that is given back, and what of it comes back."""

    __tablename__ = "refund_lines"
    __table_args__ = (
        CheckConstraint("amount >= 0 AND points >= 0", name="money_not_negative"),
        CheckConstraint("fee >= 0", name="fee_not_negative"),
    )

    refund_id: Mapped[UUID] = mapped_column(ForeignKey("refunds.id"), primary_key=True)
    order_line_id: Mapped[UUID] = mapped_column(ForeignKey("order_lines.id"), primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    points: Mapped[int] = mapped_column(server_default="0", default=0)
    fee: Mapped[Decimal] = mapped_column(Numeric(12, 2), server_default="0", default=Decimal(0))
