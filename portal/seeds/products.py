"""The product or variant of a line: what is told of it, whether it is shown, and what goes with it."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from portal.domains.catalog import Along, Product, ProductFields, edition
from portal.kernel.errors import N_, Invalid
from portal.kernel.fields import Faults
from portal.seeds.columns import VALUE
from portal.seeds.job import Importing, noting
from portal.seeds.offers import offer
from portal.seeds.pricing import set_prices
from portal.seeds.sheet import Line
from portal.seeds.shelving import read_value

OF_WHOLE = ("summary", "description", "cover", "addons")
OTHER_KIND = N_("«%(slug)s» is there already as %(kind)s; give this one another slug")
A_VARIANT = N_("«%(slug)s» is there already, as a variant; give this one another slug")
NO_VARIANT = N_("«%(slug)s» is there already, as something else; give this one another slug")
NOWHERE = UUID(int=0)
"""Stands for a category of which only its own line tells what is wrong with it."""
NO_POLICY = N_("there is no policy «%(name)s»; there are: %(known)s")


def import_product(job: Importing, line: Line) -> None:
    """The product or variant of that address, made or changed as the line says. Raises Invalid with all its faults."""
    product, faults = job.edition.products.get(line.slug), Faults()
    created = product is None
    if created and not {"price", "later_prices"} & (line.cells.keys() | line.unread):
        faults.add("price", N_("a new product needs a price, such as 30000"))
    with noting(faults, variant="name", category_id="category", attributes="facts"):
        if product is not None and product.kind != line.kind:
            other, product = product.kind, None
            raise Invalid({"kind": (OTHER_KIND, {"slug": line.slug, "kind": other})})
        write = _write_variant if "variant_of" in line.cells else _write_product
        product = write(job, line, product, faults)
    if product is None:
        product = edition.pretend(job.edition, line.kind, line.slug)
    _publish(job, line, product)
    set_prices(job, line, product, faults)
    with noting(faults):
        _promise(job, line, product)
    if product.kind == "booking":
        offer(job, line, product, faults)
    elif "stock" in line.cells and line.cells["stock"] != product.stock:
        with noting(faults, count="stock"):
            edition.set_stock(job.edition, product, line.cells["stock"])
    faults.stop()
    job.done.created += created
    job.done.updated += not created


def bring_along(job: Importing, line: Line) -> None:
    """What goes with it; by now every product of the file is there."""
    slugs = [slug for slug, _most in line.cells["addons"]]
    if not job.unclear.isdisjoint(slugs):
        return  # what is wrong with those is said where their own lines are
    for slug in slugs:
        if slug not in job.edition.products:
            raise Invalid({"addons": (N_("there are no goods «%(slug)s»"), {"slug": slug})})
    product = job.edition.products[line.slug]
    goods = [(job.edition.products[slug], most) for slug, most in line.cells["addons"]]
    if [Along(one.id, most) for one, most in goods] != job.edition.addons.get(product.id, []):
        edition.set_addons(job.edition, product, goods)


def _write_product(job: Importing, line: Line, product: Product | None, faults: Faults) -> Product:
    names = ("name", "summary", "description", "cover")
    given = {name: line.cells[name] for name in names if name in line.cells}
    shelf = job.paths.get(line.cells.get("category", ()))
    category_id = shelf.category.id if shelf else NOWHERE
    values = _values(job, line, faults, category_id, product.attributes if product else {})
    if product is None:
        fields = ProductFields(category_id, **{"name": "", **given}, attributes=values, slug=line.slug)
        return edition.create_product(job.edition, line.kind, fields)
    if product.variant_of is not None:
        raise Invalid({"slug": (A_VARIANT, {"slug": line.slug})})
    texts = {name: getattr(product, name) for name in names}
    kept = ProductFields(product.category_id, **texts, attributes=product.attributes)
    fields = replace(kept, category_id=category_id, attributes=values, **given)
    if fields != kept:
        edition.edit_product(job.edition, product, fields)
    return product


def _write_variant(job: Importing, line: Line, product: Product | None, faults: Faults) -> Product:
    """Its words are its product's; of its own it has a name."""
    strange = [name for name in (*OF_WHOLE, "facts") if name in line.cells] + [VALUE + slug for slug in line.values]
    for column in strange:
        faults.add(column, N_("this is told of the product, not of its variant; leave it empty"))
    slug = line.cells["variant_of"]
    whole = job.edition.products.get(slug)
    if whole is None and slug in job.unclear:
        whole = edition.pretend(job.edition, line.kind, slug)
    if whole is None or whole.variant_of is not None:
        raise Invalid({"variant_of": (N_("there is no product «%(slug)s»"), {"slug": slug})})
    if whole.kind != line.kind:
        raise Invalid(
            {"kind": (N_("«%(slug)s» is %(kind)s, and so are its variants"), {"slug": slug, "kind": whole.kind})}
        )
    name = line.cells.get("name", "")
    if product is None:
        return edition.create_variant(job.edition, whole, name, line.slug)
    if product.variant_of != whole.id:
        raise Invalid({"slug": (NO_VARIANT, {"slug": line.slug})})
    if product.variant != name:
        edition.edit_variant(job.edition, product, whole, name)
    return product


def _values(
    job: Importing, line: Line, faults: Faults, category_id: UUID, kept: Mapping[str, object]
) -> Mapping[str, object]:
    """What is known about it: as it was, and what the line says. In no category nothing can be known."""
    if category_id == NOWHERE or (not line.values and "facts" not in line.cells):
        return kept
    defined = {one.slug: one for one in job.edition.definitions.in_force.get(category_id, ())}
    for slug in line.values.keys() - defined.keys():
        faults.add(VALUE + slug, N_("there is no such attribute in this category"))
    read = {slug: read_value(defined[slug].kind, cell) for slug, cell in line.values.items() if slug in defined}
    if "facts" not in line.cells:
        return {**kept, **read}
    told = {slug: value for slug, value in kept.items() if slug in job.edition.definitions.slugs}
    return {**told, **read, **line.cells["facts"]}


def _publish(job: Importing, line: Line, product: Product) -> None:
    shown = product.published_at is not None and product.withdrawn_at is None
    never_shown = product.published_at is None and product.withdrawn_at is None
    wanted = line.cells.get("published", shown or never_shown)
    if wanted and not shown:
        edition.publish_product(job.edition, product)
    elif shown and not wanted:
        edition.withdraw_product(job.edition, product)


def _promise(job: Importing, line: Line, product: Product) -> None:
    """The refund policy it is sold under. Policies are written by staff; a file only names them."""
    if "refund_policy" not in line.cells:
        return
    name = line.cells["refund_policy"]
    policy = job.edition.policies.get(name.lower())
    if policy is None:
        known = ", ".join(f"«{one.name}»" for one in job.edition.policies.values()) or "–"
        raise Invalid({"refund_policy": (NO_POLICY, {"name": name, "known": known})})
    if product.refund_policy_id != policy.id:
        edition.assign_refund_policy(job.edition, product, policy)
