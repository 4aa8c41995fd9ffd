"""Changes products of an edition in memory. Each act is what the one of the same name does to a single product."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from portal.domains.audit import Act
from portal.domains.catalog.addons import Along, check_along
from portal.domains.catalog.attribute_values import check_values
from portal.domains.catalog.edition.reading import Edition
from portal.domains.catalog.models import Product, RefundPolicy
from portal.domains.catalog.products import ProductFields, check_words, tell
from portal.domains.catalog.stock import check_count
from portal.domains.catalog.variant_rules import check_name, check_room, draft_of, name_after
from portal.kernel.errors import N_, Invalid
from portal.kernel.fields import Faults
from portal.kernel.ids import new_id
from portal.kernel.slugs import check_form


def create_product(edition: Edition, kind: str, fields: ProductFields) -> Product:
    """A draft nobody sees yet; its address has to be said. Raises Invalid."""
    product = Product(kind=kind, stock=0 if kind == "goods" else None, variant="")
    faults = Faults()
    check_form(faults, fields.slug or "")
    _write(edition, faults, product, fields)
    _add(edition, product, fields.slug or "")
    note(edition, product, "product.created", name=product.name)
    return product


def pretend(edition: Edition, kind: str, slug: str) -> Product:
    """A product of this address that is never written, so that what else is said of it can be tried."""
    product = Product(kind=kind, stock=0 if kind == "goods" else None, name="", variant="", cover="", attributes={})
    product.id = new_id()
    edition.products[slug] = product
    return product


def edit_product(edition: Edition, product: Product, fields: ProductFields) -> None:
    """Writes all fields but the address. Raises Invalid."""
    _write(edition, Faults(), product, fields)
    for variant in edition.variants.get(product.id, ()):
        name_after(product, variant)
    note(edition, product, "product.edited", name=product.name)


def create_variant(edition: Edition, whole: Product, name: str, slug: str) -> Product:
    """A draft of one more variant. Raises Invalid on `variant` and `slug`."""
    siblings, faults = edition.variants.get(whole.id, ()), Faults()
    check_room(faults, whole, siblings, offered=whole.id in edition.offered)
    check_form(faults, slug)
    made = _named(faults, draft_of(whole), whole, siblings, name)
    edition.variants.setdefault(whole.id, []).append(made)
    _add(edition, made, slug)
    note(edition, whole, "variant.created", name=made.variant)
    return made


def edit_variant(edition: Edition, variant: Product, whole: Product, name: str) -> None:
    """Gives it another name. Raises Invalid on `variant`."""
    others = [one for one in edition.variants.get(whole.id, ()) if one is not variant]
    _named(Faults(), variant, whole, others, name)
    note(edition, variant, "variant.edited", name=variant.variant)


def publish_product(edition: Edition, product: Product) -> None:
    """Shows it to customers, also after it was withdrawn."""
    product.published_at, product.withdrawn_at = product.published_at or edition.now, None
    note(edition, product, "product.published", name=product.name)


def withdraw_product(edition: Edition, product: Product) -> None:
    """Takes it off sale; what was booked of it stays booked."""
    product.withdrawn_at = edition.now
    note(edition, product, "product.withdrawn", name=product.name)


def assign_refund_policy(edition: Edition, product: Product, policy: RefundPolicy) -> None:
    """Sells it under this policy from now on."""
    product.refund_policy_id = policy.id
    note(edition, product, "product.refund_policy", name=policy.name)


def set_stock(edition: Edition, product: Product, count: int) -> None:
    """There are so many from here on, however many are sold until it is written. Raises Invalid."""
    check_count(product.stock, count)
    edition.counts[product.id] = count


def set_addons(edition: Edition, product: Product, goods: Sequence[tuple[Product, int]]) -> None:
    """What goes with it from now on, in this order, and how many at most. Raises Invalid on `goods-N` and `most-N`."""
    along = [Along(one.id, most) for one, most in goods]
    sold = {one.id for one, _most in goods if one.kind == "goods" and not edition.variants.get(one.id)}
    check_along(product, along, sold)
    flag_modified(product, "kind")  # they belong to the product: whoever has read the old ones is stale now
    edition.along[product.id] = edition.addons[product.id] = along
    note(edition, product, "addons.set", count=len(along))


def free_facts(edition: Edition, attributes: Mapping[str, object]) -> dict[str, object]:
    """Of a product's values those that no definition explains."""
    return {name: value for name, value in attributes.items() if name not in edition.definitions.slugs}


def note(edition: Edition, product: Product, action: str, **details: Any) -> None:
    """What the audit log is told."""
    edition.acts.append(Act(action, "product", product.id, details))


def _write(edition: Edition, faults: Faults, product: Product, fields: ProductFields) -> None:
    words, known = check_words(faults, fields), edition.definitions
    if product.variant_of is not None:
        raise Invalid({"name": N_("This is a variant: its words are those of its product.")})
    in_force = known.in_force.get(fields.category_id, ())
    values = check_values(faults, in_force, known.slugs, fields.attributes, product.attributes or {})
    faults.stop()
    tell(product, fields.category_id, words, values)


def _named(faults: Faults, variant: Product, whole: Product, others: Sequence[Product], name: str) -> Product:
    label = check_name(faults, name, others)
    faults.stop()
    variant.variant = label
    name_after(whole, variant)
    return variant


def _add(edition: Edition, product: Product, slug: str) -> None:
    product.id, product.slug, product.prices_version = new_id(), slug, 1
    edition.products[slug] = edition.new[product.id] = product
