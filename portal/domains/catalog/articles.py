"""A product as lists read it: what a card, a line or an app tells of it, and nothing that could be changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.domains.catalog.models import Product

COLUMNS = """products.id, products.category_id, products.slug, kind, products.name, summary, products.description,
       cover, attributes, stock, variant, published_at, products.withdrawn_at, categories.slug, categories.name"""
"""What a statement selects for an article, from products and their categories."""


@dataclass(frozen=True)
class Named:
    """A category by its address and its name."""

    slug: str
    name: str


@dataclass(frozen=True)
class Article:
    """The fields are those of Product."""

    id: UUID
    category_id: UUID
    slug: str
    kind: str
    name: str
    summary: str
    description: str
    cover: str
    attributes: Mapping[str, object]
    stock: int | None
    variant: str
    published_at: datetime | None
    withdrawn_at: datetime | None
    category: Named


def article(row: Sequence[Any]) -> Article:
    """The article of a row that has COLUMNS."""
    return Article(*[*row[:-2], Named(*row[-2:])])


def article_of(product: Product) -> Article:
    """The product, whose category is loaded, as lists tell it."""
    told = {name: getattr(product, name) for name in Article.__dataclass_fields__ if name != "category"}
    return Article(**told, category=Named(product.category.slug, product.category.name))
