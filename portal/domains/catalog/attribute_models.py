"""The table of what can be known about the products of a category: a definition a row, so none needs a migration."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class Attribute(Base):
    """Something known about every product of the category and of what is beneath it.

    `slug` is the key under which products keep their value. It belongs to one definition of the whole tree and is never
    changed, so that moving a product or a category never gives a value another meaning.
    """

    __tablename__ = "attributes"
    __table_args__ = (
        CheckConstraint("kind IN ('text', 'number', 'choice', 'flag', 'date')", name="kind_known"),
        CheckConstraint("shown IN ('list', 'page', 'staff')", name="shown_known"),
        CheckConstraint("jsonb_typeof(options) = 'array'", name="options_listed"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    category_id: Mapped[UUID] = mapped_column(ForeignKey("categories.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    unit: Mapped[str] = mapped_column(server_default="", default="")
    """Of numbers: m², people."""
    options: Mapped[list[list[str]]] = mapped_column(JSONB, server_default="[]", default=list)
    """Of a choice, in their order: [key, words]. Products keep the key, so the words may be changed."""
    required: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    filterable: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    shown: Mapped[str] = mapped_column(server_default="page", default="page")
    """In lists and on the product's page, on its page alone, or to staff alone."""
    position: Mapped[int] = mapped_column(server_default="0", default=0)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    __mapper_args__ = {"version_id_col": version}
