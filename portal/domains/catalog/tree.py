"""Reads the category tree: in order, with depths, with what is in it. One statement for each question."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    Boolean,
    ColumnElement,
    Integer,
    Uuid,
    column,
    func,
    select,
    text,
)

from portal.domains.catalog.models import Category, Product
from portal.kernel import questions, rows
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

# By position, then by name, below each parent; the id keeps two of the same name apart.
SHELVES = """
    WITH RECURSIVE down AS (
        SELECT id, unlisted, ARRAY[id] AS ids, ARRAY[lpad(position::text, 4, '0') || ' ' || name || ' ' || id] AS place
        FROM categories
        WHERE parent_id IS NULL AND (:hidden OR withdrawn_at IS NULL)
        UNION ALL
        SELECT child.id, down.unlisted OR child.unlisted, down.ids || child.id,
               down.place || (lpad(position::text, 4, '0') || ' ' || name || ' ' || child.id)
        FROM categories child JOIN down ON child.parent_id = down.id
        WHERE :hidden OR child.withdrawn_at IS NULL
    )
    SELECT id, ids, unlisted, cardinality(ids) - 1 AS depth, row_number() OVER (ORDER BY place) AS rank FROM down
"""


PATH = f"""
WITH RECURSIVE up AS (
    SELECT id, parent_id, 0 AS steps FROM categories WHERE id = %(category_id)s
    UNION ALL
    SELECT above.id, above.parent_id, steps + 1 FROM up JOIN categories above ON above.id = up.parent_id
)
SELECT {rows.columns(Category)} FROM up JOIN categories USING (id) ORDER BY steps DESC
"""  # noqa: S608  # our own words


@dataclass(frozen=True)
class Node:
    """A category in the tree. `products` counts what customers see in it and beneath it."""

    category: Category
    depth: int
    products: int
    children: list["Node"] = field(default_factory=list)


def category_tree(tx: Tx, *, now: datetime, hidden: bool = False) -> list[Node]:
    """The tops of the tree in their order, each with its children; with `hidden`, withdrawn and unlisted ones too."""
    shelf = shelves(hidden=hidden)
    seen = shown_at(now), Product.variant_of.is_(None), Product.category_id == Category.id
    products = select(func.count()).select_from(Product).where(*seen).scalar_subquery()
    query = select(Category, shelf.c.ids, products).join(shelf, shelf.c.id == Category.id).order_by(shelf.c.rank)
    if not hidden:
        query = query.where(~shelf.c.unlisted)
    rows = tx.execute(query).all()
    within: Counter[UUID] = Counter()
    for _, ids, products in rows:
        within.update(dict.fromkeys(ids, products))
    tops: list[Node] = []
    way: list[Node] = []
    for category, ids, _ in rows:
        node = Node(category, len(ids) - 1, within[category.id])
        del way[node.depth :]
        (way[-1].children if way else tops).append(node)
        way.append(node)
    return tops


def flat(tree: Iterable[Node]) -> list[Node]:
    """The nodes in reading order, each followed by its children."""
    return [found for node in tree for found in (node, *flat(node.children))]


def get_category(tx: Tx, category_id: UUID) -> Category:
    """The category, withdrawn or not. Raises NotFound."""
    category = tx.get(Category, category_id)
    if category is None:
        raise NotFound
    return category


def find_category(tx: Tx, slug: str) -> Category | None:
    """The category of that address, if customers can see it."""
    shelf = shelves()
    query = select(Category).join(shelf, shelf.c.id == Category.id).where(Category.slug == slug)
    return tx.execute(query).scalar_one_or_none()


def path_of(tx: Tx, category_id: UUID) -> list[Category]:
    """The way to the category from the top of the tree, itself last."""
    return questions.answer(tx, path_question(tx, category_id))


def path_question(tx: Tx, category_id: UUID) -> questions.Question[list[Category]]:
    """The same for whoever has more to ask."""
    return rows.question(tx, Category, PATH, {"category_id": category_id})


@lru_cache(maxsize=2)  # always the same two; making one anew takes as long as asking the database for it
def shelves(*, hidden: bool = False) -> CTE:
    """Every category customers can see (with `hidden`, every one): `ids` from the top to itself, `depth`, `rank` in
    reading order, and whether it is `unlisted`. What is beneath a category is withdrawn and unlisted with it."""
    rows = text(SHELVES).bindparams(hidden=hidden)
    columns = (
        column("id", Uuid),
        column("ids", ARRAY(Uuid)),
        column("unlisted", Boolean),
        column("depth", Integer),
        column("rank", Integer),
    )
    return rows.columns(*columns).cte("shelves")


def shown_at(now: datetime) -> ColumnElement[bool]:
    """The product is published and not withdrawn."""
    return (Product.published_at <= now) & (Product.withdrawn_at.is_(None) | (Product.withdrawn_at > now))
