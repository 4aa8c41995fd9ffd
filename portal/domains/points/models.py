"""Tables of points: an account's balance, the ledger it is the sum of, and the lots that expire.

Kept true by every function of this domain, and checked by its tests in SQL:

    balance = sum of the entries' delta;  held = sum of the entries' held;  available = balance − held
    sum of the lots' remaining = available, or nothing while there is a debt
    a lot's remaining = granted − sum of its spendings
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class PointsAccount(Base):
    """What somebody has. `held` points are counted but in no lot: neither spent nor expired until they are released.

    `floor` is how far below zero a refund has pushed what is available, and rises again as the debt is paid: a bug
    that spends more than there is fails in the database.
    """

    __tablename__ = "points_accounts"
    __table_args__ = (
        CheckConstraint("held >= 0", name="held_not_negative"),
        CheckConstraint("floor <= 0 AND balance - held >= floor", name="available_above_floor"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    balance: Mapped[int] = mapped_column(server_default="0", default=0)
    held: Mapped[int] = mapped_column(server_default="0", default=0)
    floor: Mapped[int] = mapped_column(server_default="0", default=0)


class PointsLot(Base):
    """Points given together, with one date of expiry. Spending takes from the lot that expires first."""

    __tablename__ = "points_lots"
    __table_args__ = (
        CheckConstraint("granted > 0", name="granted_positive"),
        CheckConstraint("remaining >= 0 AND remaining <= granted", name="remaining_in_bounds"),
        # Both know only lots with something in them: a faithful customer leaves thousands of empty ones.
        Index(
            "points_lots_account_id_expires_at_idx",
            "account_id",
            "expires_at",
            postgresql_where=text("remaining > 0"),
        ),
        Index("points_lots_expires_at_idx", "expires_at", postgresql_where=text("remaining > 0")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    granted: Mapped[int]
    remaining: Mapped[int]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PointsEntry(Base):
    """One line of the ledger, appended and never changed. `key` makes a repeated act a single line.

    `delta` moves the balance, `held` moves what is held of it.
    """

    __tablename__ = "points_entries"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('grant', 'use', 'use_cancelled', 'use_again', 'released', 'accrual', 'accrual_cancelled', "
            "'expiry')",
            name="kind_known",
        ),
        CheckConstraint("delta <> 0 OR held <> 0", name="moves_something"),
        Index("points_entries_account_id_id_idx", "account_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    delta: Mapped[int]
    held: Mapped[int] = mapped_column(server_default="0", default=0)
    kind: Mapped[str]
    order_id: Mapped[UUID | None] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(server_default="")
    key: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class PointsSpending(Base):
    """How much of which lot an entry took (or gave back, negative), so that points return to the lot they came from."""

    __tablename__ = "points_spendings"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("points_entries.id"), primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("points_lots.id"), primary_key=True)
    amount: Mapped[int]
