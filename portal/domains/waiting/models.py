"""The table of who waits: one row for each person and time, from joining to what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id

ACTIVE = ("waiting", "offered")


class Entry(Base):
    """Somebody in the line before a full time, with their party. An entry gets one offer in its life.

    waiting → offered (a hold of theirs, `hold_id`, until `offer_ends_at`) → taken, declined, missed; or left, removed
    (by staff, with `reason`), over (the time began), taken without an offer (they booked it themselves).
    """

    __tablename__ = "waiting_entries"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'offered', 'taken', 'declined', 'missed', 'left', 'removed', 'over')",
            name="state_known",
        ),
        CheckConstraint("quantity >= 1", name="quantity_positive"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint(
            "state NOT IN ('offered', 'declined', 'missed') OR (hold_id IS NOT NULL AND offer_ends_at IS NOT NULL)",
            name="offer_is_held",
        ),
        CheckConstraint("(state IN ('waiting', 'offered')) = (ended_at IS NULL)", name="end_is_told"),
        Index(
            "waiting_entries_once_idx",
            "account_id",
            "product_id",
            "starts_at",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'offered')"),
        ),
        Index(
            "waiting_entries_line_idx",
            "product_id",
            "starts_at",
            "joined_at",
            "id",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("waiting_entries_begins_idx", "starts_at", postgresql_where=text("state = 'waiting'")),
        Index("waiting_entries_offers_idx", "offer_ends_at", postgresql_where=text("state = 'offered'")),
        Index("waiting_entries_ended_idx", "ended_at", "id", postgresql_where=text("ended_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id"))
    """Whose clock and place are told."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    quantity: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="waiting", default="waiting")
    joined_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("holds.id"))
    offered_at: Mapped[datetime | None]
    offer_ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(server_default="", default="")
