"""Tables of closures that come again, and of public holidays that were decided about."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, SmallInteger, func
from sqlalchemy.dialects.postgresql import ARRAY, INT4RANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class ClosureSeries(Base):
    """A rule by which a resource is closed again and again; its days are rows of closures that point here.

    `every` is as in recurrences.EVERY, `weekdays` a bit for each, 1 for Monday, `minutes` of the place's clock.
    `left_out` are days on which staff opened again.
    """

    __tablename__ = "closure_series"
    __table_args__ = (
        CheckConstraint(
            "every IN ('week', 'fortnight', 'first', 'second', 'third', 'fourth', 'last')", name="every_known"
        ),
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays_known"),
        CheckConstraint(
            "NOT isempty(minutes) AND lower(minutes) BETWEEN 0 AND 1439 AND upper(minutes) <= 2880",
            name="minutes_in_bounds",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"), index=True)
    every: Mapped[str]
    weekdays: Mapped[int] = mapped_column(SmallInteger)
    minutes: Mapped[Range[int]] = mapped_column(INT4RANGE, server_default="[0,1440)")
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    left_out: Mapped[list[date]] = mapped_column(ARRAY(Date), server_default="{}", default=list)
    reason: Mapped[str] = mapped_column(server_default="")
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def on(self) -> frozenset[int]:
        """Its weekdays, 0 is Monday."""
        return frozenset(day for day in range(7) if self.weekdays >> day & 1)


class HolidayChoice(Base):
    """What staff decided about a public holiday of a resource: closed or not. They are not asked again."""

    __tablename__ = "holiday_choices"

    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
    closed: Mapped[bool]
