"""Tables of what is sold: categories, products, effective-dated prices, stock as a ledger, and refund policies."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Integer, Numeric, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domains.catalog.refund_terms import RefundTerms, terms_of
from portal.kernel.db import Base
from portal.kernel.ids import new_id


class Category(Base):
    """A node of the category tree. `version` counts edits, so that a lost update is noticed.

    What is `unlisted`, and all beneath it, is on sale and in no list: whoever has its address finds it.
    """

    __tablename__ = "categories"
    __table_args__ = (CheckConstraint("parent_id <> id", name="not_its_own_parent"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("categories.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    position: Mapped[int] = mapped_column(server_default="0")
    unlisted: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    __mapper_args__ = {"version_id_col": version}


class Product(Base):
    """Something a customer can book or buy. `stock` is only for goods: a booking's limit is its resource's units.

    A variant (variants.py) is a product too, and is called `variant` among the others `variant_of` the same product.
    """

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("kind IN ('booking', 'goods')", name="kind_known"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("(kind = 'goods') = (stock IS NOT NULL)", name="stock_only_for_goods"),
        CheckConstraint("(variant_of IS NULL) = (variant = '')", name="variant_named"),
        CheckConstraint("variant_of <> id", name="not_its_own_variant"),
        Index("products_words_idx", text("words gin_trgm_ops"), postgresql_using="gin"),
        Index("products_attributes_idx", text("attributes jsonb_path_ops"), postgresql_using="gin"),
        Index("products_listing_idx", "category_id", "name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    category_id: Mapped[UUID] = mapped_column(ForeignKey("categories.id"))
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name: Mapped[str]
    summary: Mapped[str] = mapped_column(server_default="")
    description: Mapped[str] = mapped_column(server_default="")
    cover: Mapped[str] = mapped_column(server_default="generic")
    attributes: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}", default=dict)
    words: Mapped[str] = mapped_column(Computed("lower(normalize(name || ' ' || summary, NFD))"), deferred=True)
    """What a search looks in: small letters, Korean syllables taken apart, so that half a syllable is found too."""
    stock: Mapped[int | None]
    variant_of: Mapped[UUID | None] = mapped_column(ForeignKey("products.id"), index=True)
    variant: Mapped[str] = mapped_column(server_default="", default="")
    refund_policy_id: Mapped[UUID | None] = mapped_column(ForeignKey("refund_policies.id"), index=True)
    """None: whichever is the default."""
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    prices_version: Mapped[int] = mapped_column(server_default="1", default=1)
    """How often its prices were changed, apart from what is written about it."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    category: Mapped[Category] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}


class Price(Base):
    """What a product costs, per `unit`, during a span of time. Two prices of one product cannot overlap."""

    __tablename__ = "prices"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("unit IN ('booking', 'person', 'half_hour', 'hour', 'piece')", name="unit_known"),
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="valid_has_start"),
        ExcludeConstraint(("product_id", "="), ("valid", "&&"), name="prices_no_overlap"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(server_default="KRW")
    unit: Mapped[str]
    valid: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    reason: Mapped[str] = mapped_column(server_default="")
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StockMovement(Base):
    """One change of a product's stock, appended and never changed. `key` makes a repeated change a single one."""

    __tablename__ = "stock_movements"
    __table_args__ = (CheckConstraint("delta <> 0", name="delta_not_zero"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), index=True)
    delta: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RefundPolicy(Base):
    """What staff call a way of giving money back. Its rules say what it means: that of its `version` is in force."""

    __tablename__ = "refund_policies"
    __table_args__ = (
        Index("refund_policies_name_idx", text("lower(name)"), unique=True),
        # One policy at most is for products that have none of their own.
        Index("refund_policies_default_idx", "is_default", unique=True, postgresql_where=text("is_default")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    is_default: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RefundRule(Base):
    """What a policy said from one edit to the next: written once, never changed, because bookings point at it."""

    __tablename__ = "refund_rules"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(tiers) = 'array'", name="tiers_listed"),
        CheckConstraint("fee >= 0 AND fee_percent >= 0 AND fee_percent <= 100", name="fee_in_bounds"),
        CheckConstraint("fee = 0 OR fee_percent = 0", name="one_kind_of_fee"),
        UniqueConstraint("policy_id", "version"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("refund_policies.id"))
    version: Mapped[int]
    tiers: Mapped[list[list[int]]] = mapped_column(JSONB)
    """[hours before the start, percent that comes back], the longest time first; none: nothing comes back."""
    fee: Mapped[Decimal] = mapped_column(Numeric(12, 2), server_default="0", default=Decimal(0))
    fee_percent: Mapped[int] = mapped_column(server_default="0", default=0)
    currency: Mapped[str] = mapped_column(server_default="KRW")
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def terms(self) -> RefundTerms:
        return terms_of(self.tiers, self.fee, self.fee_percent, self.currency)
