"""A product's values: which definitions are in force for it, what may be written, and what is shown."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from portal.domains.catalog import rules
from portal.domains.catalog.attribute_models import Attribute
from portal.domains.catalog.attribute_rules import checked_value, fault_of
from portal.domains.catalog.attributes import LOCK
from portal.domains.catalog.tree import shelves
from portal.kernel.db import Tx
from portal.kernel.errors import N_, NotFound
from portal.kernel.fields import Faults


@dataclass(frozen=True)
class Definitions:
    """What is defined in the whole tree: by category what is in force there, in its order, and every short name."""

    in_force: Mapping[UUID, Sequence[Attribute]]
    slugs: Set[str]


def definitions(tx: Tx) -> Definitions:
    """All there are, for whoever writes many products. Nobody changes them until we are done."""
    _hold(tx)
    own: dict[UUID, list[Attribute]] = {}
    for one in tx.scalars(select(Attribute).order_by(Attribute.position, Attribute.name, Attribute.id)):
        own.setdefault(one.category_id, []).append(one)
    shelf = shelves(hidden=True)
    ways = tx.execute(select(shelf.c.id, shelf.c.ids))
    in_force = {id: [one for above in ids for one in own.get(above, [])] for id, ids in ways}
    return Definitions(in_force, {one.slug for some in own.values() for one in some})


def attributes_of(tx: Tx, category_id: UUID) -> list[Attribute]:
    """The definitions in force in a category: those from above first, each category's in its order."""
    shelf = shelves(hidden=True)
    own = shelf.alias("own")
    query = (
        select(Attribute)
        .join(own, own.c.id == category_id)
        .join(shelf, shelf.c.id == Attribute.category_id)
        .where(Attribute.category_id == own.c.ids.any_())
        .order_by(shelf.c.depth, Attribute.position, Attribute.name, Attribute.id)
    )
    return list(tx.scalars(query))


def get_attribute(tx: Tx, attribute_id: UUID) -> Attribute:
    """The definition. Raises NotFound."""
    found = tx.get(Attribute, attribute_id)
    if found is None:
        raise NotFound
    return found


def find_attribute(tx: Tx, slug: str) -> Attribute | None:
    """The definition of that short name, wherever in the tree it is."""
    return tx.scalar(select(Attribute).where(Attribute.slug == slug))


def checked_values(
    tx: Tx, faults: Faults, category_id: UUID, given: Mapping[str, object], kept: Mapping[str, object]
) -> dict[str, object]:
    """The values as they are kept (`check_values`) in this category."""
    _hold(tx)
    in_force = attributes_of(tx, category_id)
    return check_values(faults, in_force, _defined(tx, given.keys() | kept.keys()), given, kept)


def check_values(
    faults: Faults,
    in_force: Sequence[Attribute],
    slugs: Set[str],
    given: Mapping[str, object],
    kept: Mapping[str, object],
) -> dict[str, object]:
    """The values as they are kept, in the order of their definitions. What is not defined anywhere is left as it is.

    A value of a definition that is not in force here (the product was moved) stays as it was `kept`, and comes back
    into force with its category; no new one can be written. `slugs` are those of every definition that may be meant.
    """
    values: dict[str, object] = {}
    for defined in in_force:
        value = checked_value(faults, defined, given.get(defined.slug))
        if value is not None:
            values[defined.slug] = value
        elif defined.required:
            faults.add(fault_of(defined.slug), N_("This cannot be empty."))
    others = (given.keys() | kept.keys()) - {defined.slug for defined in in_force}
    resting = others & slugs
    for slug in sorted(resting & given.keys()):
        if given[slug] != kept.get(slug):
            faults.add("attributes", N_("«%(name)s» does not belong to this category."), name=slug)
    facts = {name: value for name, value in given.items() if name in others - resting}
    return values | {slug: kept[slug] for slug in kept if slug in resting} | rules.check_attributes(faults, facts)


def free_facts(tx: Tx, attributes: Mapping[str, object]) -> dict[str, object]:
    """Of a product's values those that no definition explains: facts as staff have typed them."""
    known = _defined(tx, attributes.keys())
    return {name: value for name, value in attributes.items() if name not in known}


def _hold(tx: Tx) -> None:
    """Until we are done nobody takes away a definition or a choice that we have just found to be there."""
    tx.execute(select(func.pg_advisory_xact_lock_shared(func.hashtext(LOCK), 0)))


def _defined(tx: Tx, names: Collection[str]) -> set[str]:
    """Those of the names that are definitions, in force or not."""
    return set(tx.scalars(select(Attribute.slug).where(Attribute.slug.in_(names)))) if names else set()
