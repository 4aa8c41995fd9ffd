"""Which products stand on a page of a list, in order, with what each costs now: one statement, put together from what
was asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.domains.catalog.articles import COLUMNS
from portal.domains.catalog.filters import Filter
from portal.domains.catalog.queries import RATES
from portal.domains.catalog.searching import Search
from portal.domains.catalog.shop_shelves import VISIBLE
from portal.domains.catalog.tree import SHELVES
from portal.kernel.pipe import Statement

PAGE = f"""
WITH shelves AS MATERIALIZED ({{shelves}}), page AS ({{page}})
SELECT {COLUMNS},
       EXISTS (SELECT FROM products variant WHERE variant.variant_of = products.id),
       amount, currency, unit, {RATES.format(at="%(now)s")}
FROM page JOIN products ON products.id = page.id JOIN categories ON categories.id = category_id
LEFT JOIN prices ON product_id = products.id AND valid @> CAST(%(now)s AS timestamptz)
ORDER BY far, rank, page.name, page.id
"""  # noqa: S608  # our own words
# Of what is only listed, each shelf gives its first ones, in the order of its index, and one shelf after the other.
LISTED = """
    SELECT here.id, 0.0::float8 AS far, shelf.rank, here.name
    FROM (SELECT id, rank FROM shelves WHERE {chosen} ORDER BY rank) AS shelf
    CROSS JOIN LATERAL (
        SELECT id, name FROM products WHERE category_id = shelf.id AND {conditions} ORDER BY name, id LIMIT %(limit)s
    ) AS here
    ORDER BY shelf.rank, here.name, here.id LIMIT %(limit)s
"""
# What is looked for, or left of all by filters, may be anywhere: it is found first and put in order then.
FOUND = """
    SELECT id, far, rank, name FROM (
        SELECT id, name, {far} AS far,
               array_position(ARRAY(SELECT id FROM shelves ORDER BY rank), category_id) AS rank
        FROM products
        WHERE {there} AND {conditions}
    ) AS here
    WHERE {beyond}
    ORDER BY far, rank, name, id LIMIT %(limit)s
"""
BY_SHELF = "category_id = ANY(ARRAY(SELECT id FROM shelves WHERE {chosen}))"
# Words that are looked for on all shelves: PostgreSQL cannot know that these are all, and would read every product by
# its shelf. Like this it finds them by their words.
BY_WORDS = "array_position(ARRAY(SELECT id FROM shelves WHERE {chosen}), category_id) IS NOT NULL"
# Where the product of that id stands by now.
MARK = """(
    SELECT {far}, place.rank, mark.name, mark.id
    FROM products mark JOIN shelves place ON place.id = mark.category_id WHERE mark.id = %(after)s
)"""
LISTABLE = "(NOT unlisted OR coalesce((SELECT unlisted FROM shelves own WHERE own.id = %(category_id)s), false))"
"""What is unlisted is found only in an unlisted category."""


@dataclass(frozen=True)
class Wish:
    """What a list is asked for. `conditions` on products say what is seen at all; with `hidden`, on hidden shelves too.
    `after`: only what stands behind this product."""

    now: datetime
    limit: int
    conditions: Sequence[str] = ()
    hidden: bool = False
    category_id: UUID | None = None
    kind: str | None = None
    filters: Sequence[Filter] = field(default=())
    after: UUID | None = None


def page_query(wish: Wish, search: Search) -> Statement:
    """The statement and its parameters. Its rows: an article, whether it is sold in variants, and its price (four)."""
    given: dict[str, Any] = {"now": wish.now, "limit": wish.limit, **search.given}
    given |= {"category_id": wish.category_id, "kind": wish.kind, "after": wish.after}
    conditions = [*wish.conditions, *search.matches]
    if wish.kind is not None:
        conditions.append("kind = %(kind)s")
    for n, one in enumerate(wish.filters):
        condition, values = one.condition(f"filter_{n}")
        conditions.append(condition)
        given |= values
    chosen = [] if wish.hidden else [LISTABLE]
    if wish.category_id is not None:
        chosen.append("%(category_id)s = ANY(ids)")
    place, page = "(0.0::float8, shelf.rank, name, id)", LISTED
    if wish.filters or search.words:
        place, page = "(far, rank, name, id)", FOUND
    beyond = f"{place} > {MARK.format(far=search.distance('mark'))}" if wish.after else "true"
    if page is LISTED:
        conditions.append(beyond)
    everywhere = search.words and wish.category_id is None
    chosen_ones = " AND ".join(chosen) or "true"
    page = page.format(
        far=search.distance(),
        chosen=chosen_ones,
        there=(BY_WORDS if everywhere else BY_SHELF).format(chosen=chosen_ones),
        conditions=" AND ".join(conditions) or "true",
        beyond=beyond,
    )
    return PAGE.format(shelves=SHELVES.replace(":hidden", "true") if wish.hidden else VISIBLE, page=page), given
