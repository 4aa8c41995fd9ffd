"""Tables of money from outside: a payment for an order and for every dearer move of it, and a row for every attempt."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, func, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id

OUTSIDE = "settled outside"
"""The answer of an attempt whose money a person found elsewhere: the provider need not know of it."""
LEFT = "left to people"
"""The answer of an attempt that was given up, and about whose money a person has decided: no saga takes it in."""
LATE = "came late"
"""The answer of an attempt that was given up and took the money all the same."""


class Payment(Base):
    """What an order asks of the provider. `unknown` is a state of its own: neither paid nor refused."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint(
            "state IN ('sent', 'action_needed', 'unknown', 'paid', 'refused', 'cancelled')", name="state_known"
        ),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "refunding >= 0 AND refunded >= 0 AND refunding + refunded <= amount", name="never_refund_more_than_paid"
        ),
        CheckConstraint("state <> 'paid' OR provider_ref IS NOT NULL", name="paid_is_known_outside"),
        # One order is paid once, and so is the difference of a move: a second paid row cannot be stored.
        Index(
            "payments_order_once_idx",
            "order_id",
            unique=True,
            postgresql_where=text("state NOT IN ('refused', 'cancelled') AND move_number IS NULL"),
        ),
        Index(
            "payments_move_once_idx",
            "move_number",
            unique=True,
            postgresql_where=text("state NOT IN ('refused', 'cancelled')"),
        ),
        Index("payments_provider_ref_idx", "provider", "provider_ref", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    move_number: Mapped[str | None]
    """The number of the move whose difference this is, by which the provider knows it; None: what the order cost."""
    provider: Mapped[str]
    provider_ref: Mapped[str | None]
    state: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(server_default="KRW")
    refunding: Mapped[Decimal] = mapped_column(Numeric(12, 2), server_default="0", default=Decimal(0))
    refunded: Mapped[Decimal] = mapped_column(Numeric(12, 2), server_default="0", default=Decimal(0))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class PaymentAttempt(Base):
    """One try at the provider, under one key. A crash reuses the key; only a person's new try gets a new one."""

    __tablename__ = "payment_attempts"
    __table_args__ = (
        CheckConstraint("kind IN ('charge', 'refund')", name="kind_known"),
        CheckConstraint("state IN ('sent', 'pending', 'done', 'failed', 'unknown')", name="state_known"),
        CheckConstraint("amount > 0", name="amount_positive"),
        # For those who watch: what is open, and since when.
        Index(
            "payment_attempts_open_idx",
            "state",
            "created_at",
            postgresql_where=text("state IN ('sent', 'pending', 'unknown')"),
        ),
        # For those who cure: money that was on its way back and came back to us is among these.
        Index(
            "payment_attempts_returned_idx",
            "updated_at",
            postgresql_where=text("kind = 'refund' AND state = 'failed'"),
        ),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), index=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="sent", default="sent")
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    provider_ref: Mapped[str | None]
    answer: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class ProviderEvent(Base):
    """The inbox of the provider's webhooks: an event id is taken in once, together with its effect."""

    __tablename__ = "provider_events"

    provider: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    object_ref: Mapped[str | None]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
