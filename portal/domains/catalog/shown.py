"""What customers are told of a product's values, in the order of their definitions."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from portal.domains.catalog.attribute_models import Attribute
from portal.domains.catalog.tree import shelves
from portal.kernel.db import Tx

OUTSIDE = {"list": ("list",), "page": ("list", "page")}
"""What each place shows."""

Told = list[tuple[Attribute, object]]
Given = tuple[UUID, UUID, Mapping[str, object]]
"""A product's id, its category's, and its values."""


def told_values(tx: Tx, products: Collection[Given], *, place: str) -> dict[UUID, Told]:
    """The values that `place` («list» or «page») shows of each product, by its id.

    One statement, however many they are. What rests because the product was moved is not shown.
    """
    categories = {category_id for _id, category_id, _values in products}
    given = {"categories": list(categories), "places": OUTSIDE[place]}
    defined = [(one, set(within)) for one, within in tx.execute(_defined(), given)] if categories else []
    return {
        id: [(one, values[one.slug]) for one, within in defined if category_id in within and one.slug in values]
        for id, category_id, values in products
    }


def public_values(tx: Tx, products: Collection[Given]) -> dict[UUID, dict[str, object]]:
    """What an app may read of each product's values, by its id: those that its page shows, and the free facts."""
    told = told_values(tx, products, place="page")
    names = {name for _id, _category_id, values in products for name in values}
    defined = set(tx.scalars(select(Attribute.slug).where(Attribute.slug.in_(names)))) if names else set()
    return {
        id: {
            name: value
            for name, value in values.items()
            if name not in defined - {one.slug for one, _value in told[id]}
        }
        for id, _category_id, values in products
    }


@lru_cache(maxsize=1)
def _defined() -> Any:
    """The definitions that some place shows, each with those of the categories in which it is in force."""
    shelf = shelves(hidden=True)
    own = shelf.alias("own")
    return (
        select(Attribute, func.array_agg(own.c.id))
        .join(own, Attribute.category_id == own.c.ids.any_())
        .join(shelf, shelf.c.id == Attribute.category_id)
        .where(
            own.c.id.in_(bindparam("categories", expanding=True)),
            Attribute.shown.in_(bindparam("places", expanding=True)),
        )
        .group_by(Attribute.id, shelf.c.depth)
        .order_by(shelf.c.depth, Attribute.position, Attribute.name, Attribute.id)
    )
