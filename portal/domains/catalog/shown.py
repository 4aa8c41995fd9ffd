"""What customers are told of a product's values, in the order of their definitions, and what lists are narrowed by."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.domains.catalog.attribute_models import Attribute
from portal.kernel import questions, wire
from portal.kernel.db import Tx

# Asked upwards from each category: what is defined further above comes first.
IN_FORCE = """
WITH RECURSIVE above AS (
    SELECT id AS own, id, parent_id, 0 AS steps FROM categories WHERE id IN (%(categories)s)
    UNION ALL
    SELECT own, next.id, next.parent_id, steps + 1 FROM above JOIN categories next ON next.id = above.parent_id
)
SELECT own, slug, name, kind, unit, options
FROM above JOIN attributes ON category_id = above.id
WHERE {wanted}
ORDER BY own, steps DESC, position, name, attributes.id
"""
WANTED = {"list": "shown = 'list'", "page": "shown IN ('list', 'page')", "filters": "filterable"}
"""What each place shows, and what lists can be narrowed by."""


@dataclass(frozen=True)
class Trait:
    """An attribute as customers meet it: what it is called and what kind of values it has, as in Attribute."""

    slug: str
    name: str
    kind: str
    unit: str
    options: Sequence[Sequence[str]]


Told = list[tuple[Trait, object]]
Given = tuple[UUID, UUID, Mapping[str, object]]
"""A product's id, its category's, and its values."""


def told_values(tx: Tx, products: Collection[Given], *, place: str) -> dict[UUID, Told]:
    """The values that `place` («list» or «page») shows of each product, by its id.

    One statement, however many they are. What rests because the product was moved is not shown.
    """
    if any(values for _id, _category_id, values in products):
        return questions.answer(tx, values_question(products, place=place))
    return {id: [] for id, _category_id, _values in products}


def values_question(products: Collection[Given], *, place: str) -> questions.Question[dict[UUID, Told]]:
    """The same, of one product at least, for whoever has more to ask."""

    def told(rows: questions.Rows) -> dict[UUID, Told]:
        traits = _by_category(rows)
        return {
            id: [(one, values[one.slug]) for one in traits[category_id] if one.slug in values]
            for id, category_id, values in products
        }

    return questions.Question(*_in_force({category_id for _id, category_id, _values in products}, place), told)


def filters_of(tx: Tx, category_id: UUID) -> list[Trait]:
    """What the list of a category can be narrowed by: what is defined above it first, each category's in its order."""
    return _by_category(wire.ask(tx, *_in_force({category_id}, "filters")))[category_id]


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


def _in_force(categories: Collection[UUID], wanted: str) -> tuple[str, wire.Given]:
    """Asks for what is defined for the products of each category, there or above it."""
    return wire.each(IN_FORCE.format(wanted=WANTED[wanted]), "categories", categories)


def _by_category(rows: questions.Rows) -> Mapping[UUID, list[Trait]]:
    found: dict[UUID, list[Trait]] = defaultdict(list)
    for own, *trait in rows:
        found[own].append(Trait(*trait))
    return found
