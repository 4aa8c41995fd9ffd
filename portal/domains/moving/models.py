"""The table of bookings that move: from which hold to which, what that costs or gives back, and who wanted it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class Move(Base):
    """requested → moved | cancelled. One booking of an order on its way from one time to another.

    Either something is charged, or something goes back, or neither: after = before + charge - amount - points.
    """

    __tablename__ = "moves"
    __table_args__ = (
        CheckConstraint("state IN ('requested', 'moved', 'cancelled')", name="state_known"),
        CheckConstraint(
            "before >= 0 AND after >= 0 AND charge >= 0 AND amount >= 0 AND points >= 0 AND earned >= 0"
            " AND unearned >= 0",
            name="money_not_negative",
        ),
        CheckConstraint("after = before + charge - amount - points", name="money_adds_up"),
        CheckConstraint("charge = 0 OR amount = 0 AND points = 0", name="one_way"),
        UniqueConstraint("order_id", "idempotency_key"),
        # While one booking of an order moves, its others wait: two would change the order's sums at once.
        Index("moves_open_once_idx", "order_id", unique=True, postgresql_where=text("state = 'requested'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    """The order's number with a count, J-4K7Q-9ZPM-M1: the saga's key, and what the provider calls its charge."""
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    line_id: Mapped[UUID] = mapped_column(ForeignKey("order_lines.id"), index=True)
    from_hold_id: Mapped[UUID] = mapped_column(ForeignKey("holds.id"))
    to_hold_id: Mapped[UUID] = mapped_column(ForeignKey("holds.id"))
    state: Mapped[str] = mapped_column(server_default="requested", default="requested")
    currency: Mapped[str] = mapped_column(server_default="KRW")
    before: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    """What the booking was paid with, money and points."""
    after: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    """What it costs at its new time."""
    charge: Mapped[Decimal] = mapped_column(Numeric(12, 2), server_default="0", default=Decimal(0))
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2), server_default="0", default=Decimal(0))
    """Money that goes back to the card."""
    points: Mapped[int] = mapped_column(server_default="0", default=0)
    """Points that come back."""
    earned: Mapped[int] = mapped_column(server_default="0", default=0)
    unearned: Mapped[int] = mapped_column(server_default="0", default=0)
    """Points the charge earns; earned points that go with what goes back."""
    reason: Mapped[str] = mapped_column(server_default="", default="")
    """Why staff moved it; empty where its customer did."""
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    refund_id: Mapped[UUID] = mapped_column(index=True)
    """The refund by which `amount` goes back; written when the booking has moved, and only if there is any."""
    refusal: Mapped[str | None]
    """Why it did not move, as a code."""
    action_url: Mapped[str | None]
    pay_by: Mapped[datetime | None]
    idempotency_key: Mapped[str | None]
    request_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
