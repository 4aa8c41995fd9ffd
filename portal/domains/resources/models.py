"""Tables of what is booked: resources and their units, opening hours, closures, and what is offered on them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, INT4RANGE, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class Resource(Base):
    """N interchangeable units in one place and time zone: a room has 1, ten kayaks have 10, a class of 12 has 12."""

    __tablename__ = "resources"
    __table_args__ = (CheckConstraint("units BETWEEN 1 AND 1000", name="units_in_bounds"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    place: Mapped[str] = mapped_column(server_default="")
    units: Mapped[int]
    time_zone: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    __mapper_args__ = {"version_id_col": version}


class ResourceUnit(Base):
    """One unit, so that a reservation of unit 99 of 10 has nothing to point at. A retired one is kept for its past."""

    __tablename__ = "resource_units"
    __table_args__ = (CheckConstraint("unit >= 1", name="unit_positive"),)

    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id"), primary_key=True)
    unit: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    retired_at: Mapped[datetime | None]


class OpeningHours(Base):
    """A span of one weekday (0 is Monday) in minutes of the venue's wall clock; past midnight runs on beyond 1440.

    `days` without bounds is the usual week. On other days the rows of the shortest `days` with that day in it hold, and
    no others: a weekday without a row is closed then.
    """

    __tablename__ = "opening_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_known"),
        CheckConstraint(
            "NOT isempty(minutes) AND lower(minutes) BETWEEN 0 AND 1439 AND upper(minutes) <= 2880",
            name="minutes_in_bounds",
        ),
        ExcludeConstraint(
            ("resource_id", "="),
            ("days", "="),
            ("weekday", "="),
            ("minutes", "&&"),
            name="opening_hours_no_overlap",
        ),
        CheckConstraint("NOT isempty(days)", name="days_not_empty"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"))
    weekday: Mapped[int] = mapped_column(SmallInteger)
    minutes: Mapped[Range[int]] = mapped_column(INT4RANGE)
    days: Mapped[Range[date]] = mapped_column(DATERANGE, server_default="(,)")


class Closure(Base):
    """A time in which the resource cannot be booked although it would be open."""

    __tablename__ = "closures"
    __table_args__ = (
        CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during) "
            "AND isfinite(lower(during)) AND isfinite(upper(during))",
            name="during_bounded",
        ),
        ExcludeConstraint(("resource_id", "="), ("during", "&&"), name="closures_no_overlap"),
        Index("closures_series_id_idx", "series_id", postgresql_where=text("series_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    reason: Mapped[str] = mapped_column(server_default="")
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("closure_series.id"))
    """The series of which it is a day (series.py)."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Offering(Base):
    """A product is offered on a resource, with these rules of time. All lengths are minutes.

    `min_length` = `max_length` is a product of fixed length; otherwise any length between, in steps of `length_step`.
    `start_step` is the distance between possible starts, counted from the opening. Buffers occupy the unit, unseen.
    """

    __tablename__ = "offerings"
    __table_args__ = (
        UniqueConstraint("product_id", "resource_id"),
        CheckConstraint("min_length > 0 AND max_length >= min_length AND max_length <= 1440", name="lengths_in_bounds"),
        CheckConstraint("length_step > 0 AND start_step > 0", name="steps_positive"),
        CheckConstraint("buffer_before >= 0 AND buffer_after >= 0", name="buffers_not_negative"),
        CheckConstraint("lead_time >= 0 AND horizon_days BETWEEN 1 AND 730", name="window_in_bounds"),
        CheckConstraint("max_quantity >= 1", name="max_quantity_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id"), index=True)
    min_length: Mapped[int]
    max_length: Mapped[int]
    length_step: Mapped[int] = mapped_column(server_default="30", default=30)
    start_step: Mapped[int] = mapped_column(server_default="30", default=30)
    buffer_before: Mapped[int] = mapped_column(server_default="0", default=0)
    buffer_after: Mapped[int] = mapped_column(server_default="0", default=0)
    lead_time: Mapped[int] = mapped_column(server_default="0", default=0)
    horizon_days: Mapped[int] = mapped_column(server_default="90", default=90)
    max_quantity: Mapped[int] = mapped_column(server_default="1", default=1)
    once_each: Mapped[bool] = mapped_column(server_default="false", default=False)
    """One person has one booking of a time at most."""
    version: Mapped[int] = mapped_column(server_default="1", default=1)

    __mapper_args__ = {"version_id_col": version}


class OfferingPart(Base):
    """What a booking needs one of: part 0 is served by the offering's own resource or another; the others come besides.

    `once`: one unit serves the whole booking, however many come (a guide); otherwise everybody takes one (a seat).
    `choosable`: customers may say which resource; without a wish any is taken.
    """

    __tablename__ = "offering_parts"
    __table_args__ = (CheckConstraint("number BETWEEN 0 AND 4", name="number_in_bounds"),)

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(server_default="", default="")
    once: Mapped[bool] = mapped_column(server_default="false", default=False)
    choosable: Mapped[bool] = mapped_column(server_default="false", default=False)


class OfferingPlace(Base):
    """A further resource that may serve a part of an offering; its own one is not among them."""

    __tablename__ = "offering_places"
    __table_args__ = (
        ForeignKeyConstraint(
            ["product_id", "number"], ["offering_parts.product_id", "offering_parts.number"], ondelete="CASCADE"
        ),
    )

    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id"), primary_key=True, index=True)
    number: Mapped[int] = mapped_column(SmallInteger)
