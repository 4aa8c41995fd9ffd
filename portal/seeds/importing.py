"""Brings a catalog file into the house: every line, or none; again and again without doubling anything.

A product is known by its slug, a resource by its name or slug, a category by its way through the tree. A cell left
empty keeps what is there, or means the usual. Whatever its place in the file, the tree comes first, then definitions,
resources, products and their variants, and last what goes with what and what else serves it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from portal.domains import catalog
from portal.domains.catalog import Along, Product, ProductFields
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid
from portal.seeds.columns import ATTRIBUTE, CATEGORY, PRODUCTS, RESOURCE, VALUE
from portal.seeds.faults import BadSheet, Problem
from portal.seeds.job import Imported, Importing
from portal.seeds.offers import import_resource, offer, serve
from portal.seeds.pricing import set_prices
from portal.seeds.sheet import Line, read_sheet
from portal.seeds.shelving import category, import_attribute, import_category, read_value

COLUMN_OF = {
    "category_id": "category",
    "parent_id": "category",
    "amount": "price",
    "starts_at": "price",
    "unit": "price_unit",
    "count": "stock",
    "attributes": "facts",
    "variant": "name",
    "resource_id": "resource",
    "min_length": "length",
}
"""Where a fault of the domain is shown, if its field has another name in the file."""

OF_WHOLE = ("summary", "description", "cover", "addons")
OTHER_KIND = N_("«%(slug)s» is there already as %(kind)s; give this one another slug")
A_VARIANT = N_("«%(slug)s» is there already, as a variant; give this one another slug")
NO_VARIANT = N_("«%(slug)s» is there already, as something else; give this one another slug")
NO_POLICY = N_("there is no policy «%(name)s»; there are: %(known)s")
ENOUGH = 200
"""Problems after which the rest of the file is not looked at."""


def import_catalog(
    tx: Tx,
    data: bytes,
    *,
    now: datetime,
    currency: str = "KRW",
    time_zone: str = "Asia/Seoul",
    by: UUID | None = None,
) -> Imported:
    """Imports the file in the caller's transaction. Raises BadSheet with all problems; the caller then rolls back."""
    lines = read_sheet(data)
    job = Importing(tx, now, currency, time_zone, by)
    problems: list[Problem] = []
    acts: tuple[tuple[Callable[[Importing, Line], object], Callable[[Line], bool]], ...] = (
        (import_category, lambda line: line.kind == CATEGORY),
        (import_attribute, lambda line: line.kind == ATTRIBUTE),
        (import_resource, lambda line: line.kind == RESOURCE),
        (_import, lambda line: line.kind in PRODUCTS and "variant_of" not in line.cells),
        (_import, lambda line: "variant_of" in line.cells),
        (_bring_along, lambda line: "addons" in line.cells),
        (serve, lambda line: "parts" in line.cells),
    )
    for act, concerns in acts:
        for line in filter(concerns, lines):
            problems += _tried(job, act, line)
            if len(problems) >= ENOUGH:
                raise BadSheet(problems)
    if problems:
        raise BadSheet(problems)
    return job.done


def _tried(job: Importing, act: Callable[[Importing, Line], object], line: Line) -> list[Problem]:
    """What was wrong with the line, which then has changed nothing."""
    try:
        with job.tx.begin_nested():
            act(job, line)
    except Invalid as fact:
        job.paths.clear()  # a category made for this line is gone again
        return [Problem(line.number, _column(name), text, params) for name, (text, params) in fact.faults.items()]
    return []


def _column(field: str) -> str:
    """Where a fault of the domain is shown."""
    kind, _dash, rest = field.partition("-")
    if rest.isdigit() and kind in {"part", "name"}:
        return "parts"
    return {"hours": "hours", "goods": "addons", "most": "addons", "attribute": VALUE + rest}.get(
        kind, COLUMN_OF.get(field, field)
    )


def _import(job: Importing, line: Line) -> None:
    product = catalog.find_product(job.tx, line.slug, hidden=True)
    if product is None and not {"price", "later_prices"} & line.cells.keys():
        raise Invalid({"price": N_("a new product needs a price, such as 30000")})
    if product is not None and product.kind != line.cells["kind"]:
        raise Invalid({"kind": (OTHER_KIND, {"slug": line.slug, "kind": product.kind})})
    created = product is None
    if "variant_of" in line.cells:
        product = _write_variant(job, line, product)
    else:
        product = _write_product(job, line, product, category(job, line.cells["category"]))
    _publish(job, line, product)
    set_prices(job, line, product)
    _promise(job, line, product)
    if product.kind == "booking":
        offer(job, line, product)
    elif "stock" in line.cells:
        catalog.set_stock(job.tx, product.id, line.cells["stock"], reason="import", by=job.by)
    job.done.created += created
    job.done.updated += not created


def _write_product(job: Importing, line: Line, product: Product | None, category_id: UUID) -> Product:
    names = ("summary", "description", "cover")
    given = {name: line.cells[name] for name in names if name in line.cells}
    if product is None:
        values = _values(job, line, category_id, {})
        fields = ProductFields(category_id, line.cells["name"], **given, attributes=values, slug=line.slug)
        return catalog.create_product(job.tx, line.kind, fields, by=job.by)
    if product.variant_of is not None:
        raise Invalid({"slug": (A_VARIANT, {"slug": line.slug})})
    texts = {name: getattr(product, name) for name in names}
    kept = ProductFields(product.category_id, product.name, **texts, attributes=product.attributes)
    values = _values(job, line, category_id, product.attributes)
    fields = replace(kept, category_id=category_id, name=line.cells["name"], attributes=values, **given)
    if fields != kept:
        product = catalog.edit_product(job.tx, product.id, product.version, fields, by=job.by)
    return product


def _write_variant(job: Importing, line: Line, product: Product | None) -> Product:
    """Its words are its product's; of its own it has a name."""
    whole = catalog.find_product(job.tx, line.cells["variant_of"], hidden=True)
    if whole is None or whole.variant_of is not None:
        raise Invalid({"variant_of": (N_("there is no product «%(slug)s»"), {"slug": line.cells["variant_of"]})})
    if whole.kind != line.kind:
        raise Invalid(
            {"kind": (N_("«%(slug)s» is %(kind)s, and so are its variants"), {"slug": whole.slug, "kind": whole.kind})}
        )
    if strange := [name for name in (*OF_WHOLE, "facts") if name in line.cells] or list(line.values):
        raise Invalid({strange[0]: N_("this is told of the product, not of its variant; leave it empty")})
    name = line.cells["name"]
    if product is None:
        return catalog.create_variant(job.tx, whole.id, name, slug=line.slug, by=job.by)
    if product.variant_of != whole.id:
        raise Invalid({"slug": (NO_VARIANT, {"slug": line.slug})})
    if product.variant != name:
        return catalog.edit_variant(job.tx, product.id, product.version, name, by=job.by)
    return product


def _values(job: Importing, line: Line, category_id: UUID, kept: Mapping[str, object]) -> Mapping[str, object]:
    """What is known about it: as it was, and what the line says."""
    if not line.values and "facts" not in line.cells:
        return kept
    defined = {one.slug: one for one in catalog.attributes_of(job.tx, category_id)}
    faults = {
        VALUE + slug: N_("there is no such attribute in this category") for slug in line.values.keys() - defined.keys()
    }
    if faults:
        raise Invalid(faults)
    read = {slug: read_value(defined[slug].kind, cell) for slug, cell in line.values.items()}
    if "facts" not in line.cells:
        return {**kept, **read}
    told = {slug: value for slug, value in kept.items() if slug not in catalog.free_facts(job.tx, kept)}
    return {**told, **read, **line.cells["facts"]}


def _publish(job: Importing, line: Line, product: Product) -> None:
    shown = product.published_at is not None and product.withdrawn_at is None
    never_shown = product.published_at is None and product.withdrawn_at is None
    wanted = line.cells.get("published", shown or never_shown)
    if wanted and not shown:
        catalog.publish_product(job.tx, product.id, product.version, now=job.now, by=job.by)
    elif shown and not wanted:
        catalog.withdraw_product(job.tx, product.id, product.version, now=job.now, by=job.by)


def _promise(job: Importing, line: Line, product: Product) -> None:
    """The refund policy it is sold under. Policies are written by staff; a file only names them."""
    if "refund_policy" not in line.cells:
        return
    name = line.cells["refund_policy"]
    policy = catalog.find_refund_policy(job.tx, name)
    if policy is None:
        known = ", ".join(f"«{one.policy.name}»" for one in catalog.refund_policies(job.tx)) or "–"
        raise Invalid({"refund_policy": (NO_POLICY, {"name": name, "known": known})})
    if product.refund_policy_id != policy.id:
        catalog.assign_refund_policy(job.tx, product.id, product.version, policy.id, by=job.by)


def _bring_along(job: Importing, line: Line) -> None:
    """What goes with it; by now every product of the file is there."""
    product = catalog.find_product(job.tx, line.slug, hidden=True)
    if product is None:
        return  # its own line had a problem
    along = []
    for slug, most in line.cells["addons"]:
        goods = catalog.find_product(job.tx, slug, hidden=True)
        if goods is None:
            raise Invalid({"addons": (N_("there are no goods «%(slug)s»"), {"slug": slug})})
        along.append(Along(goods.id, most))
    if along != catalog.addons_of(job.tx, product.id):
        catalog.set_addons(job.tx, product.id, along, by=job.by)
