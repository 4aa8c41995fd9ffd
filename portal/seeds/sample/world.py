"""Builds the sample world: a studio and tour company in Seoul and Busan, with one friend in Lisbon.

What is there already is left alone, so that staff may change it and the demo may start again.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.domains import catalog, resources
from portal.domains.catalog import Along, CategoryFields, PolicyFields, ProductFields
from portal.domains.resources import ResourceFields
from portal.kernel.db import Tx
from portal.seeds.sample.goods import ALONG, GOODS
from portal.seeds.sample.groups import GROUPS
from portal.seeds.sample.holidays import holidays, stretches
from portal.seeds.sample.known import KNOWN
from portal.seeds.sample.places import PLACES
from portal.seeds.sample.policies import POLICIES
from portal.seeds.sample.rooms import ROOMS
from portal.seeds.sample.shape import Booking, Cost, Goods, Place
from portal.seeds.sample.shelves import SHELVES, Shelf
from portal.seeds.week import read_week

SEOUL = ZoneInfo("Asia/Seoul")
LAST_YEAR = timedelta(days=300)
THIS_YEAR = timedelta(days=120)


def build(tx: Tx, *, by: UUID, now: datetime) -> None:
    """Categories, refund policies, places, products with prices, goods with stock.

    `by` is who staff see as having written it.
    """
    tree = catalog.flat(catalog.category_tree(tx, now=now, hidden=True))
    shelves = {node.category.slug: node.category.id for node in tree}
    for position, shelf in enumerate(SHELVES):
        if shelf.slug not in shelves:
            shelves[shelf.slug] = _shelve(tx, shelf, position, shelves, by)
    for slug, definitions in KNOWN.items():
        there = {one.slug for one in catalog.attributes_of(tx, shelves[slug])}
        for fields in definitions:
            if fields.slug not in there:
                catalog.create_attribute(tx, shelves[slug], fields, by=by)
    policies = {fields.name: _promise(tx, fields, by) for fields in POLICIES}
    places = {slug: _open(tx, slug, place, by, now) for slug, place in PLACES.items()}
    for sold in (*GOODS, *ROOMS, *GROUPS):
        if catalog.find_product(tx, sold.slug, hidden=True) is not None:
            continue
        product_id = _sell(tx, sold, shelves[sold.category], by, now)
        if isinstance(sold, Goods):
            _stock(tx, product_id, sold, by, now)
        else:
            _bring_along(tx, product_id, sold.slug, by)
            resources.offer(tx, product_id, places[sold.place], sold.rules, by=by)
            if sold.policy:
                version = catalog.get_product(tx, product_id).version
                catalog.assign_refund_policy(tx, product_id, version, policies[sold.policy], by=by)


def _shelve(tx: Tx, shelf: Shelf, position: int, known: dict[str, UUID], by: UUID) -> UUID:
    parent_id = known[shelf.parent] if shelf.parent else None
    fields = CategoryFields(shelf.name, shelf.description, parent_id, position, shelf.slug, shelf.unlisted)
    return catalog.create_category(tx, fields, by=by).id


def _promise(tx: Tx, fields: PolicyFields, by: UUID) -> UUID:
    known = catalog.find_refund_policy(tx, fields.name)
    return (known or catalog.create_refund_policy(tx, fields, by=by)).id


def _open(tx: Tx, slug: str, place: Place, by: UUID, now: datetime) -> UUID:
    """The place with its week, and closed on holidays for a year if it rests on them."""
    known = resources.find_resource(tx, slug)
    if known is not None:
        return known.id
    made = resources.create_resource(
        tx, ResourceFields(place.name, place.time_zone, place.units, place.place, slug), by=by
    )
    resources.set_hours(tx, made.id, made.version, read_week(place.hours), by=by)
    if place.rests:
        today = now.astimezone(SEOUL).date()
        for first, last, name in stretches(holidays(today, today + timedelta(days=365))):
            resources.close_days(tx, made.id, first, last, reason=name, by=by)
    return made.id


def _sell(tx: Tx, sold: Booking | Goods, category_id: UUID, by: UUID, now: datetime) -> UUID:
    fields = ProductFields(
        category_id, sold.name, sold.summary, sold.description, sold.cover, sold.attributes, sold.slug
    )
    product = catalog.create_product(tx, "goods" if isinstance(sold, Goods) else "booking", fields, by=by)
    _price(tx, product.id, sold.cost, by, now)
    catalog.publish_product(tx, product.id, product.version, now=now, by=by)
    return product.id


def _stock(tx: Tx, product_id: UUID, sold: Goods, by: UUID, now: datetime) -> None:
    if sold.stock:
        catalog.adjust_stock(tx, product_id, sold.stock, reason="First delivery", by=by)
    for size in sold.sizes:
        made = catalog.create_variant(tx, product_id, size.name, by=by)
        _price(tx, made.id, size.cost, by, now)
        catalog.adjust_stock(tx, made.id, size.stock, reason="First delivery", by=by)
        catalog.publish_product(tx, made.id, made.version, now=now, by=by)


def _bring_along(tx: Tx, product_id: UUID, slug: str, by: UUID) -> None:
    found = [(catalog.find_product(tx, goods), most) for goods, most in ALONG.get(slug, ())]
    if along := [Along(goods.id, most) for goods, most in found if goods]:
        catalog.set_addons(tx, product_id, along, by=by)


def _price(tx: Tx, product_id: UUID, cost: Cost, by: UUID, now: datetime) -> None:
    """Each price as it was set at its time: last year's, today's, and the one that comes next month."""
    if cost.before is not None:
        _set(tx, product_id, cost.before, cost.unit, "First price", by, now - LAST_YEAR, now - LAST_YEAR)
    reason = "New year, new price" if cost.before is not None else "First price"
    _set(tx, product_id, cost.now, cost.unit, reason, by, now - THIS_YEAR, now - THIS_YEAR)
    if cost.soon is not None:
        here = now.astimezone(SEOUL)
        next_month = (here.replace(day=1) + timedelta(days=32)).date().replace(day=1)
        begins = datetime(next_month.year, next_month.month, 1, tzinfo=SEOUL)
        _set(tx, product_id, cost.soon, cost.unit, cost.why, by, begins, now)
    for rate in cost.rates:
        reason = "Most people come at weekends" if rate.weekdays != catalog.EVERY_DAY else "The light goes"
        catalog.schedule_rate(tx, product_id, rate, reason=reason, set_by=by, now=now - THIS_YEAR)


def _set(
    tx: Tx, product_id: UUID, amount: int, unit: str, reason: str, by: UUID, starts_at: datetime, now: datetime
) -> None:
    catalog.schedule_price(
        tx, product_id, amount=Decimal(amount), unit=unit, starts_at=starts_at, reason=reason, set_by=by, now=now
    )
