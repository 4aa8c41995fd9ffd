"""Defines what is known about products, category by category. A definition never destroys a value that products have:
what is in use keeps its kind and its choices, and stays until the last value is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from portal.domains import audit
from portal.domains.catalog.attribute_models import Attribute
from portal.domains.catalog.attribute_rules import KINDS_OF_ATTRIBUTE, SHOWN, checked_options
from portal.domains.catalog.models import Category, Product
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, Refusal
from portal.kernel.fields import Faults
from portal.kernel.slugs import choose_slug, hold_lock
from portal.kernel.versions import locked

LOCK = "attributes"
MOST_IN_A_CATEGORY = 40


@dataclass(frozen=True)
class AttributeFields:
    """What staff write about an attribute. `options` are (key or "", words) in their order; the slug is chosen once."""

    name: str
    kind: str
    unit: str = ""
    options: Sequence[tuple[str, str]] = ()
    required: bool = False
    filterable: bool = False
    shown: str = "page"
    position: int = 0
    slug: str | None = None


class AttributeInUse(Refusal):
    """Products have a value of it."""

    code = "attribute-in-use"
    message = N_("Products have a value of it (%(count)s of them). Empty it there first; nothing was changed.")


def create_attribute(tx: Tx, category_id: UUID, fields: AttributeFields, *, by: UUID | None = None) -> Attribute:
    """A definition for the products of the category and beneath it. Raises Invalid, NotFound."""
    locked(tx, Category, category_id)
    hold_lock(tx, LOCK)
    attribute = Attribute(category_id=category_id)
    _write(tx, attribute, fields)
    count = tx.scalar(select(func.count()).where(Attribute.category_id == category_id)) or 0
    if count >= MOST_IN_A_CATEGORY:
        raise Invalid({"name": (N_("A category has at most %(most)s."), {"most": MOST_IN_A_CATEGORY})})
    tx.add(attribute)
    tx.flush()
    audit.record(tx, by, "attribute.created", "category", str(category_id), name=attribute.name)
    return attribute


def edit_attribute(
    tx: Tx, attribute_id: UUID, version: int, fields: AttributeFields, *, by: UUID | None = None
) -> Attribute:
    """Writes all fields but the slug, which stays. Raises Stale, Invalid, NotFound."""
    hold_lock(tx, LOCK)
    attribute = locked(tx, Attribute, attribute_id, version)
    _write(tx, attribute, fields)
    tx.flush()
    audit.record(tx, by, "attribute.edited", "category", str(attribute.category_id), name=attribute.name)
    return attribute


def remove_attribute(tx: Tx, attribute_id: UUID, version: int, *, by: UUID | None = None) -> None:
    """Takes a definition away that no product uses. Raises AttributeInUse, Stale, NotFound."""
    hold_lock(tx, LOCK)
    attribute = locked(tx, Attribute, attribute_id, version)
    if count := uses(tx, attribute.slug):
        raise AttributeInUse(count=count)
    tx.delete(attribute)
    tx.flush()
    audit.record(tx, by, "attribute.removed", "category", str(attribute.category_id), name=attribute.name)


def uses(tx: Tx, slug: str, option: str | None = None) -> int:
    """How many products have a value of it, or this very choice."""
    has = Product.attributes.contains({slug: option}) if option is not None else Product.attributes.has_key(slug)
    return tx.scalar(select(func.count()).select_from(Product).where(has)) or 0


def _write(tx: Tx, attribute: Attribute, fields: AttributeFields) -> None:
    faults = Faults()
    name = faults.line("name", fields.name, most=60, needed=True)
    unit = faults.line("unit", fields.unit, most=20)
    position = faults.whole("position", fields.position, least=0, most=9999)
    if fields.kind not in KINDS_OF_ATTRIBUTE:
        faults.add("kind", N_("An attribute is one of: %(known)s."), known=", ".join(KINDS_OF_ATTRIBUTE))
    if unit and fields.kind != "number":
        faults.add("unit", N_("Only numbers have a unit."))
    if fields.shown not in SHOWN:
        faults.add("shown", N_("Choose where it is shown."))
    options = checked_options(faults, fields.kind, fields.options)
    slug = attribute.slug
    if slug is None:
        slug = choose_slug(tx, Attribute.slug, faults, wanted=fields.slug, name=name)
        if uses(tx, slug):
            faults.add("slug", N_("Products have facts called «%(slug)s» already; choose another name."), slug=slug)
    else:
        _keep_values(tx, faults, attribute, fields.kind, options)
    faults.stop()
    attribute.slug, attribute.name, attribute.kind, attribute.unit = slug, name, fields.kind, unit
    attribute.options, attribute.required, attribute.filterable = options, fields.required, fields.filterable
    attribute.shown, attribute.position = fields.shown, position


def _keep_values(tx: Tx, faults: Faults, attribute: Attribute, kind: str, options: list[list[str]]) -> None:
    """No edit leaves a value behind that nothing explains."""
    if kind != attribute.kind:
        if count := uses(tx, attribute.slug):
            faults.add(
                "kind",
                N_("Products have a value of the old kind (%(count)s of them). Empty it there first."),
                count=count,
            )
        return
    kept = {key for key, _words in options}
    for key, words in attribute.options:
        if key not in kept and (count := uses(tx, attribute.slug, key)):
            message = N_("Products have «%(words)s» (%(count)s of them). Keep it, or choose another for them first.")
            faults.add("options", message, words=words, count=count)
