"""Tables of the pictures of products: what each shows, and its files, one for each width that pages ask for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class Picture(Base):
    """A picture of a product. Positions of one product count from 0 without gaps; lists show the one at 0."""

    __tablename__ = "pictures"
    __table_args__ = (
        CheckConstraint("alt <> ''", name="alt_said"),
        Index("pictures_product_id_position_idx", "product_id", "position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    position: Mapped[int]
    alt: Mapped[str]
    """What it shows, for those who do not see it."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PictureFile(Base):
    """The picture in one width, as WebP. `digest` is the SHA-256 of `data`, and its address."""

    __tablename__ = "picture_files"

    picture_id: Mapped[UUID] = mapped_column(ForeignKey("pictures.id", ondelete="CASCADE"), primary_key=True)
    width: Mapped[int] = mapped_column(primary_key=True)
    height: Mapped[int]
    digest: Mapped[str] = mapped_column(index=True)
    data: Mapped[bytes] = mapped_column(deferred=True)
