"""Brings lines in one after the other, by the doors that staff use: slow, and what the quick way has to equal."""

from datetime import datetime

from portal.domains import catalog, resources
from portal.domains.catalog import Along, Product, ProductFields
from portal.domains.resources import OfferingRules, Resource, ResourceFields
from portal.kernel.db import Tx
from portal.seeds.sheet import Line


def bring_in(tx: Tx, lines: list[Line], category: catalog.Category, *, now: datetime) -> None:
    """Lines without faults, of products in this category."""
    for line in sorted(lines, key=lambda line: "variant_of" in line.cells):
        product = _written(tx, line, category)
        shown = product.published_at is not None and product.withdrawn_at is None
        wanted = line.cells.get("published", shown or (product.published_at is None and product.withdrawn_at is None))
        if wanted and not shown:
            catalog.publish_product(tx, product.id, product.version, now=now)
        elif shown and not wanted:
            catalog.withdraw_product(tx, product.id, product.version, now=now)
        _price(tx, line, product, now)
        policy = catalog.find_refund_policy(tx, line.cells.get("refund_policy", ""))
        if policy and policy.id != product.refund_policy_id:
            catalog.assign_refund_policy(tx, product.id, product.version, policy.id)
        if product.kind == "booking":
            _offer(tx, line, product, now)
        elif "stock" in line.cells:
            catalog.set_stock(tx, product.id, line.cells["stock"], reason="import")
    for line in lines:
        goods = [(catalog.find_product(tx, slug, hidden=True), most) for slug, most in line.cells.get("addons", ())]
        along = [Along(one.id, most) for one, most in goods if one]
        product = _found(tx, line.slug)
        if along and along != catalog.addons_of(tx, product.id):
            catalog.set_addons(tx, product.id, along)


def _found(tx: Tx, slug: str) -> Product:
    product = catalog.find_product(tx, slug, hidden=True)
    assert product is not None
    return product


def _written(tx: Tx, line: Line, category: catalog.Category) -> Product:
    product, name = catalog.find_product(tx, line.slug, hidden=True), line.cells["name"]
    if "variant_of" in line.cells:
        if product is None:
            return catalog.create_variant(tx, _found(tx, line.cells["variant_of"]).id, name, slug=line.slug)
        if product.variant != name:
            return catalog.edit_variant(tx, product.id, product.version, name)
        return product
    kept = {"summary": product.summary, "attributes": product.attributes} if product else {"attributes": {}}
    told = {"summary": line.cells["summary"]} if "summary" in line.cells else {}
    sizes = {slug: int(cell) for slug, cell in line.values.items()}
    fields = {**kept, **told, "attributes": {**kept["attributes"], **sizes}}
    if product is None:
        return catalog.create_product(tx, line.kind, ProductFields(category.id, name, **fields, slug=line.slug))
    if (product.name, product.category_id) != (name, category.id) or fields != kept:
        return catalog.edit_product(tx, product.id, product.version, ProductFields(category.id, name, **fields))
    return product


def _price(tx: Tx, line: Line, product: Product, now: datetime) -> None:
    usual = {"booking": "booking", "goods": "piece"}[product.kind]
    stored = catalog.price_history(tx, product.id)
    current = next((price for price in stored if now in price.valid), None)
    starts = [price.valid.lower for price in stored if price.valid.lower and price.valid.lower > now]
    if current is None or current.amount != line.cells["price"]:
        how = {"unit": current.unit if current else usual, "ends_at": min(starts, default=None)}
        catalog.schedule_price(tx, product.id, amount=line.cells["price"], reason="import", now=now, **how)


def _offer(tx: Tx, line: Line, product: Product, now: datetime) -> None:
    offering, resource = resources.offering_of(tx, product.id), _resource(tx, line, now)
    most = min(offering.max_quantity, resource.units) if offering else resource.units
    rules = OfferingRules(line.cells["length"], max_quantity=most)
    if offering is None or (offering.min_length, offering.resource_id) != (rules.min_length, resource.id):
        resources.offer(tx, product.id, resource.id, rules)


def _resource(tx: Tx, line: Line, now: datetime) -> Resource:
    name, units, week = line.cells["resource"], line.cells["units"], line.cells["hours"]
    found = resources.find_resource(tx, line.place)
    fields = ResourceFields(name, "Asia/Seoul", units)
    if found is None:
        found = resources.create_resource(tx, ResourceFields(name, "Asia/Seoul", units, slug=line.place))
    elif found.units != units:
        found = resources.edit_resource(tx, found.id, found.version, fields, standing=lambda *_: [], now=now)
    if week != resources.hours_of(tx, found.id):
        resources.set_hours(tx, found.id, found.version, week)
    return found
