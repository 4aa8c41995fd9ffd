"""Lists products with their current price, page by page: one statement, however many there are (one more for
variants, if there are any, and two if a search finds nothing as it was typed)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from portal.domains.catalog.articles import Article, article, article_of
from portal.domains.catalog.filters import Filter
from portal.domains.catalog.models import Product
from portal.domains.catalog.page_query import Wish, page_query
from portal.domains.catalog.queries import price_at, tag
from portal.domains.catalog.rates import Tag, amounts
from portal.domains.catalog.searching import Search, searched
from portal.domains.catalog.shop_shelves import ON_SHOW, PUBLISHED
from portal.domains.catalog.variants import Variant, variants_of, variants_on_sale
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid

MOST_ON_A_PAGE = 100


@dataclass(frozen=True)
class Listed:
    """A product, and what it costs now; None when it has no price at the moment.

    What is sold in `variants` costs what the cheapest of them does.
    """

    product: Article
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
    wish = Wish(now, _most(limit), [ON_SHOW], False, category_id, kind, filters, _mark(after))
    return _with_variants(tx, searched(tx, q, partial(_read, tx, wish)), now)


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
        "draft": "published_at IS NULL AND withdrawn_at IS NULL",
        "published": PUBLISHED,
        "withdrawn": "withdrawn_at <= %(now)s",
    }
    shown = [states[state]] if state in states else []
    wish = Wish(now, _most(limit), shown, True, category_id, after=_mark(after))
    return searched(tx, q, partial(_read, tx, wish))


def listed(tx: Tx, product: Product, *, now: datetime) -> Listed:
    """A single product as a list tells it."""
    variants = variants_on_sale(tx, [product.id], now=now).get(product.id, [])
    in_variants = bool(variants_of(tx, product.id))
    return _from_the_cheapest(Listed(article_of(product), price_at(tx, product.id, now), in_variants), variants, now)


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


def _read(tx: Tx, wish: Wish, search: Search) -> ProductPage:
    """The page; one product more than it has says whether there is another page."""
    sql, given = page_query(replace(wish, limit=wish.limit + 1), search)
    items = []
    for *told, in_variants, amount, currency, unit, rates in wire.ask(tx, sql, given):
        items.append(Listed(article(told), tag(amount, currency, unit, rates), in_variants))
    shown = items[: wish.limit]
    return ProductPage(shown, str(shown[-1].product.id) if len(items) > wish.limit else None)


def _most(limit: int) -> int:
    return max(1, min(limit, MOST_ON_A_PAGE))


def _mark(after: str | None) -> UUID | None:
    try:
        return UUID(after) if after else None
    except ValueError:
        raise Invalid({"after": N_("There is no such page; begin with the first.")}) from None
