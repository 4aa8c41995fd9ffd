"""The table of what goes with what: goods that are offered together with a product that is booked."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.domains.catalog.models import Product
from portal.kernel.db import Base


class Addon(Base):
    """These goods go with every booking of the product, `most` pieces at most for each."""

    __tablename__ = "addons"
    __table_args__ = (CheckConstraint("most >= 1", name="most_positive"),)

    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id), primary_key=True)
    goods_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id), primary_key=True, index=True)
    most: Mapped[int]
    position: Mapped[int]
