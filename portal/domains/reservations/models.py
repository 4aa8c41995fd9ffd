"""Tables of who has which place when: a hold, and one reservation for every unit it takes.

The exclusion constraint is the promise of the house: an overlap cannot be stored, whatever the code above does. It
holds only together with its companions (unit, resource and span never null, span bounded and not empty, unit existing).
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class Hold(Base):
    """What one customer chose: a product, a time, how many, and the price fixed at that moment.

    Its state is that of its reservations, which may be of several resources; `resource_id` is the one it is offered
    on, whose clock and place are told. `starts_at`/`ends_at` are what the customer sees, without buffers.
    """

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity_positive"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        Index("holds_account_id_created_at_idx", "account_id", "created_at"),
        Index("holds_idempotency_idx", "account_id", "idempotency_key", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    quantity: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(server_default="KRW")
    served_by: Mapped[str] = mapped_column(server_default="", default="")
    """The names of what it was given where there were several to choose from, as they were at that moment."""
    refund_rule_id: Mapped[UUID | None]
    """The refund rule of that moment, fixed like the price. No foreign key: rules are never deleted, and one row that
    every hold in the house would lock is a queue."""
    entry_id: Mapped[UUID | None]
    """The hold whose calendar entry this goes on with: a booking that moves keeps the entry it had."""
    revision: Mapped[int] = mapped_column(SmallInteger, server_default="0", default=0)
    """How often that booking has moved: a later word about an entry has a higher number."""
    extensions: Mapped[int] = mapped_column(server_default="0", default=0)
    idempotency_key: Mapped[str | None]
    request_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    reservations: Mapped[list["Reservation"]] = relationship(lazy="selectin", order_by="Reservation.unit")

    @property
    def expires_at(self) -> datetime | None:
        """When the hold ends, if nothing happens; None for one that was confirmed or cancelled."""
        ends = (row.expires_at for row in self.reservations if row.status == "PENDING")
        return min((end for end in ends if end), default=None)

    @property
    def order_id(self) -> UUID | None:
        return self.reservations[0].order_id if self.reservations else None

    def state_at(self, now: datetime) -> str:
        """held, ended (run out or let go), ordered (bound, not yet paid), confirmed, or cancelled (after an order)."""
        if not self.reservations:
            return "ended"  # it was to move onto its own time, and never did
        row = self.reservations[0]
        if row.status == "CONFIRMED":
            return "confirmed"
        if row.status == "CANCELLED":
            return "cancelled" if row.order_id else "ended"
        if row.order_id:
            return "ordered"
        return "held" if row.expires_at and row.expires_at > now else "ended"


class Reservation(Base):
    """One unit of one resource, taken for one span of time (buffers included)."""

    __tablename__ = "reservations"
    __table_args__ = (
        ForeignKeyConstraint(["resource_id", "unit"], ["resource_units.resource_id", "resource_units.unit"]),
        CheckConstraint("status IN ('PENDING', 'CONFIRMED', 'CANCELLED')", name="status_known"),
        CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)"
            " AND isfinite(lower(during)) AND isfinite(upper(during))",
            name="during_bounded",
        ),
        CheckConstraint(
            "status <> 'PENDING' OR order_id IS NOT NULL OR expires_at IS NOT NULL", name="pending_ends_or_is_ordered"
        ),
        CheckConstraint("status <> 'CONFIRMED' OR order_id IS NOT NULL", name="confirmed_is_ordered"),
        ExcludeConstraint(
            ("resource_id", "="),
            ("unit", "="),
            ("during", "&&"),
            where=text("status <> 'CANCELLED'"),
            name="reservations_no_overlap",
        ),
        Index(
            "reservations_expiring_idx", "expires_at", postgresql_where=text("status = 'PENDING' AND order_id IS NULL")
        ),
        Index("reservations_account_id_idx", "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hold_id: Mapped[UUID] = mapped_column(ForeignKey("holds.id"), index=True)
    resource_id: Mapped[UUID]
    unit: Mapped[int] = mapped_column(SmallInteger)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    status: Mapped[str] = mapped_column(server_default="PENDING", default="PENDING")
    expires_at: Mapped[datetime | None]
    order_id: Mapped[UUID | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class MovedPlace(Base):
    """A place that a hold will have once its booking has moved to it, where it cannot have it yet: it overlaps what the
    booking has now. Until then the hold has only the rest of it as reservations, if there is any."""

    __tablename__ = "moved_places"
    __table_args__ = (
        ForeignKeyConstraint(["resource_id", "unit"], ["resource_units.resource_id", "resource_units.unit"]),
    )

    hold_id: Mapped[UUID] = mapped_column(ForeignKey("holds.id"), primary_key=True)
    resource_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
