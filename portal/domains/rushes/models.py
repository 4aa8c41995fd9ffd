"""The table of queues in front of products; who stands in them is Redis' affair."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


class Rush(Base):
    """A product's queue: whether it is open, how many may choose at once, and for how many minutes each.

    `opened_at` is when it was last switched on: tickets of an earlier rush are worth nothing in this one.
    """

    __tablename__ = "rushes"
    __table_args__ = (
        CheckConstraint("at_once BETWEEN 1 AND 100000", name="at_once_in_bounds"),
        CheckConstraint("minutes BETWEEN 1 AND 60", name="minutes_in_bounds"),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    open: Mapped[bool] = mapped_column(server_default="false", default=False)
    at_once: Mapped[int]
    minutes: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(server_default="1", default=1)

    __mapper_args__ = {"version_id_col": version}
