"""The table of what a product costs at some times in place of its price."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import INT4RANGE, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from portal.domains.catalog.rates import Rate, weekdays_of
from portal.kernel.db import Base
from portal.kernel.ids import new_id


class PriceRate(Base):
    """Another amount, or so many percent more or less, for what begins at these times; `valid` is when one buys.

    Of those that fit, the one with the lowest rank counts. Two of one rank cannot be valid at once, so there is always
    exactly one that does. `weekdays` is a bit for each, 1 for Monday; `minutes` and days are as in Rate.
    """

    __tablename__ = "price_rates"
    __table_args__ = (
        CheckConstraint("rank BETWEEN 1 AND 20", name="rank_in_bounds"),
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays_known"),
        CheckConstraint(
            "NOT isempty(minutes) AND lower(minutes) BETWEEN 0 AND 1439 AND upper(minutes) - lower(minutes) <= 1440",
            name="minutes_in_bounds",
        ),
        CheckConstraint(
            "(first_day IS NULL) = (last_day IS NULL) AND (first_day IS NOT NULL OR NOT yearly) "
            "AND (yearly OR first_day IS NULL OR first_day <= last_day)",
            name="season_whole",
        ),
        CheckConstraint("(percent IS NULL) <> (amount IS NULL)", name="one_way"),
        CheckConstraint("percent BETWEEN -100 AND 1000 AND percent <> 0", name="percent_in_bounds"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="valid_has_start"),
        ExcludeConstraint(("product_id", "="), ("rank", "="), ("valid", "&&"), name="price_rates_one_of_a_rank"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    rank: Mapped[int] = mapped_column(SmallInteger)
    weekdays: Mapped[int] = mapped_column(SmallInteger)
    minutes: Mapped[Range[int]] = mapped_column(INT4RANGE)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    yearly: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    percent: Mapped[int | None]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(server_default="KRW")
    valid: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    reason: Mapped[str]
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    ended_why: Mapped[str] = mapped_column(server_default="", default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def rate(self) -> Rate:
        return Rate(
            weekdays_of(self.weekdays),
            self.minutes.lower or 0,
            self.minutes.upper or 0,
            self.first_day,
            self.last_day,
            self.yearly,
            self.percent,
            self.amount,
        )
