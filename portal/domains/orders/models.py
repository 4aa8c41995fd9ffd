"""Tables of what was ordered: the order with its money, and its lines."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class Order(Base):
    """One checkout. charge + points_used = total, always (what a point is worth: rules.POINT_VALUE).

    All three are what its lines cost now: a line that moved to a dearer or cheaper time changes them with it.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(
            "state IN ('processing', 'awaiting_payment', 'completed', 'cancelled', 'refunding', 'refunded')",
            name="state_known",
        ),
        CheckConstraint("total >= 0 AND points_used >= 0 AND charge >= 0", name="money_not_negative"),
        CheckConstraint("charge + points_used = total", name="money_adds_up"),
        CheckConstraint("refunded >= 0 AND refunded <= charge", name="refunded_in_bounds"),
        CheckConstraint("points_returned >= 0 AND points_returned <= points_used", name="points_returned_in_bounds"),
        UniqueConstraint("account_id", "idempotency_key"),
        Index("orders_account_id_placed_at_idx", "account_id", "placed_at"),
        Index("orders_state_placed_at_idx", "state", "placed_at"),
        Index("orders_placed_at_idx", "placed_at"),
        # For those who type the beginning of a number: in the order of letters, as LIKE compares.
        Index("orders_number_idx", "number", postgresql_ops={"number": "text_pattern_ops"}),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[str]
    currency: Mapped[str] = mapped_column(server_default="KRW")
    total: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    points_used: Mapped[int] = mapped_column(server_default="0", default=0)
    charge: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    points_accrued: Mapped[int] = mapped_column(server_default="0", default=0)
    refunded: Mapped[Decimal] = mapped_column(Numeric(12, 2), server_default="0", default=Decimal(0))
    points_returned: Mapped[int] = mapped_column(server_default="0", default=0)
    refusal: Mapped[str | None]
    """Why the order was cancelled, as a code (card-declined, out-of-stock, …); kept if late money brought it back."""
    action_url: Mapped[str | None]
    pay_by: Mapped[datetime | None]
    idempotency_key: Mapped[str | None]
    request_hash: Mapped[str | None]
    placed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    lines: Mapped[list["OrderLine"]] = relationship(lazy="raise", order_by="OrderLine.position", back_populates="order")


class OrderLine(Base):
    """One booking or one kind of goods, with its own share of points and charge, so that it can be refunded alone."""

    __tablename__ = "order_lines"
    __table_args__ = (
        CheckConstraint("kind IN ('booking', 'goods')", name="kind_known"),
        CheckConstraint("(kind = 'booking') = (hold_id IS NOT NULL)", name="booking_has_hold"),
        CheckConstraint("state IN ('active', 'moving', 'cancelling', 'cancelled')", name="state_known"),
        CheckConstraint("quantity >= 1", name="quantity_positive"),
        CheckConstraint("charge_share >= 0 AND points_share >= 0", name="shares_not_negative"),
        CheckConstraint("charge_share + points_share = amount", name="money_adds_up"),
        UniqueConstraint("order_id", "position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    position: Mapped[int]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="active", default="active")
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("holds.id"), unique=False, index=True)
    title: Mapped[str]
    quantity: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    points_share: Mapped[int] = mapped_column(server_default="0", default=0)
    charge_share: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    refund_rule_id: Mapped[UUID | None]
    """The rule it was bought under: a booking's is its hold's. None: what was usual before there were any."""

    order: Mapped[Order] = relationship(lazy="raise", back_populates="lines")
