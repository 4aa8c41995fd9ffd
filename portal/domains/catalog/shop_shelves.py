"""The category tree as customers walk it: every shelf they can reach, in order, in one quick statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.domains.catalog.tree import SHELVES
from portal.kernel import wire
from portal.kernel.db import Tx

PUBLISHED = """products.published_at <= %(now)s
    AND (products.withdrawn_at IS NULL OR products.withdrawn_at > %(now)s)"""
ON_SHOW = f"{PUBLISHED} AND products.variant_of IS NULL"
"""What customers see in lists, wherever it stands: published, not withdrawn, and no variant."""
VISIBLE = SHELVES.replace(":hidden", "false")
# The first product in the order of the index answers whether there is any; without the order all products would be
# looked through for each category that has few.
REACHED = f"""
SELECT shelves.id, slug, name, description, ids, shelves.unlisted, coalesce((
    SELECT true FROM products WHERE category_id = shelves.id AND {ON_SHOW}
    ORDER BY category_id, products.name LIMIT 1
), false)
FROM ({VISIBLE}) AS shelves JOIN categories ON categories.id = shelves.id
ORDER BY rank
"""  # noqa: S608  # our own words


@dataclass(frozen=True)
class Shelf:
    """A category that customers can see. `way`: the ids from the top of the tree to itself; `filled`: something is on
    it, not counting what is beneath."""

    id: UUID
    slug: str
    name: str
    description: str
    way: Sequence[UUID]
    unlisted: bool
    filled: bool


def shop_shelves(tx: Tx, *, now: datetime) -> list[Shelf]:
    """All of them in reading order, unlisted ones too."""
    return [Shelf(*row) for row in wire.ask(tx, REACHED, {"now": now})]


def beneath(shelves: Sequence[Shelf], way: Sequence[UUID]) -> list[Shelf]:
    """Those one can choose from at the end of this way: listed, and with something on them or further down."""
    listed = [one for one in shelves if not one.unlisted]
    worth = {id for one in listed if one.filled for id in one.way}
    return [one for one in listed if one.id in worth and list(one.way[:-1]) == list(way)]
