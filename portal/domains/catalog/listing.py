"""Lists products with their current price, page by page: one statement, however many there are (one more for
variants, if there are any, and two if a search finds nothing as it was typed)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, any_, func, literal, select, text, true, tuple_
from sqlalchemy.orm import aliased, contains_eager

from portal.domains.catalog.filters import Filter
from portal.domains.catalog.models import Price, Product
from portal.domains.catalog.queries import RATES, price_at, tag
from portal.domains.catalog.rates import Tag, amounts
from portal.domains.catalog.searching import Search, searched
from portal.domains.catalog.tree import shelves, shown_at
from portal.domains.catalog.variants import Variant, has_variants, variants_of, variants_on_sale
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid

MOST_ON_A_PAGE = 100


@dataclass(frozen=True)
class Listed:
    """A product with its category loaded, and what it costs now; None when it has no price at the moment.

    What is sold in `variants` costs what the cheapest of them does.
    """

    product: Product
    price: Tag | None
    in_variants: bool = False
    variants: Sequence[Variant] = ()

    @property
    def sold(self) -> Sequence["Listed | Variant"]:
        """What is bought when somebody buys it: itself, or one of its variants."""
        return self.variants if self.in_variants else (self,)


@dataclass(frozen=True)
class ProductPage:
    """One page of a list; `after` of the next one, or None at the end."""

    items: list[Listed]
    after: str | None


def list_products(
    tx: Tx,
    *,
    now: datetime,
    q: str = "",
    category_id: UUID | None = None,
    kind: str | None = None,
    filters: Sequence[Filter] = (),
    limit: int = 24,
    after: str | None = None,
) -> ProductPage:
    """What customers can see, in the order of the tree, then by name. Every word of `q` is part of name or summary; if
    there is nothing like that, nearly so (see searching.py). The best come first. What `filters` say is true of all.

    What is sold in variants is there once, with those on sale; a variant itself is not.
    `category_id` takes what is beneath it too. What is unlisted is found only in an unlisted category. Raises Invalid
    on `after` for a mark that no page gave.
    """
    shown = [shown_at(now), Product.variant_of.is_(None), *(one.condition() for one in filters)]
    most = max(1, min(limit, MOST_ON_A_PAGE))

    def page(search: Search) -> ProductPage:
        given: dict[str, Any] = {"category_id": category_id, "kind": kind, "after": after, "limit": most + 1}
        return _read(tx, _page(shown, narrow=bool(filters), hidden=False, search=search, **given), most, now)

    return _with_variants(tx, searched(tx, q, page), now)


def staff_products(
    tx: Tx,
    *,
    now: datetime,
    q: str = "",
    category_id: UUID | None = None,
    state: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> ProductPage:
    """Every product; `state` may be draft, published or withdrawn."""
    states = {
        "draft": Product.published_at.is_(None) & Product.withdrawn_at.is_(None),
        "published": shown_at(now),
        "withdrawn": Product.withdrawn_at <= now,
    }
    shown = [states[state]] if state in states else []
    most = max(1, min(limit, MOST_ON_A_PAGE))

    def page(search: Search) -> ProductPage:
        given: dict[str, Any] = {"category_id": category_id, "kind": None, "after": after, "limit": most + 1}
        return _read(tx, _page(shown, narrow=False, hidden=True, search=search, **given), most, now)

    return searched(tx, q, page)


def listed(tx: Tx, product: Product, *, now: datetime) -> Listed:
    """A single product as a list tells it."""
    variants = variants_on_sale(tx, [product.id], now=now).get(product.id, [])
    in_variants = bool(variants_of(tx, product.id))
    return _from_the_cheapest(Listed(product, price_at(tx, product.id, now), in_variants), variants, now)


def _page(
    shown: Sequence[ColumnElement[bool]],
    *,
    narrow: bool,
    hidden: bool,
    search: Search,
    category_id: UUID | None,
    kind: str | None,
    after: str | None,
    limit: int,
) -> Any:
    """The products of a page, in order, as a query for their ids and places; `_read` looks up the rest of so few.

    Of what is only listed, each category gives its first ones, in the order of its index. What is looked for, or with
    `narrow` left of all by filters, is found first and put in order then: it may be anywhere.
    """
    shelf, far = shelves(hidden=hidden), search.distance(Product)
    conditions = [*shown, *search.matches(Product)]
    if kind is not None:
        conditions.append(Product.kind == kind)
    chosen = [literal(category_id) == any_(shelf.c.ids)] if category_id is not None else []
    if not hidden:
        chosen.append(~shelf.c.unlisted | _is_unlisted(shelf, category_id))
    query = select(Product.id, Product.category_id, Product.name, far.label("far")).where(*conditions)
    if narrow or search.words:
        within = func.array(select(shelf.c.id).where(*chosen).scalar_subquery())
        query = query.where(Product.category_id == any_(within))
        found = query.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
        here: Any = found
        on_it: Any = found.c.category_id == shelf.c.id
        chosen += _beyond(shelf, search, here.c, here.c.far, after)
    else:
        query = query.where(Product.category_id == shelf.c.id, *_beyond(shelf, search, Product, far, after))
        here = query.order_by(far, Product.name, Product.id).limit(limit).lateral("here")
        on_it = true()
    return (
        select(here.c.id, here.c.far, shelf.c.rank, here.c.name)
        .join_from(shelf, here, on_it)
        .where(*chosen)
        .order_by(here.c.far, shelf.c.rank, here.c.name, here.c.id)
        .limit(limit)
    )


def _is_unlisted(shelf: CTE, category_id: UUID | None) -> ColumnElement[bool]:
    chosen = shelf.alias("chosen")
    found = select(chosen.c.unlisted).where(chosen.c.id == category_id)
    return func.coalesce(found.scalar_subquery(), literal(False))


def _beyond(shelf: CTE, search: Search, here: Any, far: Any, after: str | None) -> list[ColumnElement[bool]]:
    """What comes after the product of that id, wherever it stands by now."""
    if not after:
        return []
    try:
        mark = UUID(after)
    except ValueError:
        raise Invalid({"after": N_("There is no such page; begin with the first.")}) from None
    last, place = aliased(Product), shelf.alias("place")
    stands = select(search.distance(last), place.c.rank, last.name, last.id)
    found = stands.join(place, place.c.id == last.category_id).where(last.id == mark)
    return [tuple_(far, shelf.c.rank, here.name, here.id) > found.scalar_subquery()]


def _with_variants(tx: Tx, page: ProductPage, now: datetime) -> ProductPage:
    """The page with the variants of each product on it, and the least that one of them costs."""
    variants = variants_on_sale(tx, [item.product.id for item in page.items if item.in_variants], now=now)
    items = [_from_the_cheapest(item, variants.get(item.product.id, []), now) for item in page.items]
    return replace(page, items=items)


def _from_the_cheapest(item: Listed, variants: Sequence[Variant], now: datetime) -> Listed:
    if not item.in_variants:
        return item
    prices = [one.price for one in variants if one.price is not None]
    cheapest = min(prices, key=lambda price: min(amounts(price, now.date())), default=None)
    return replace(item, price=cheapest, variants=variants)


def _read(tx: Tx, page: Any, limit: int, now: datetime) -> ProductPage:
    here = page.subquery("page")
    query = (
        select(
            Product,
            has_variants(),
            Price.amount,
            Price.currency,
            Price.unit,
            text(RATES.format(at=":at")).bindparams(at=now),
        )
        .join(here, here.c.id == Product.id)
        .join(Product.category)
        .options(contains_eager(Product.category))
        .outerjoin(Price, (Price.product_id == Product.id) & Price.valid.contains(now))
        .order_by(here.c.far, here.c.rank, here.c.name, here.c.id)
    )
    rows = [Listed(product, tag(*asked), in_variants) for product, in_variants, *asked in tx.execute(query)]
    more = len(rows) > limit
    return ProductPage(rows[:limit], str(rows[limit - 1].product.id) if more else None)
