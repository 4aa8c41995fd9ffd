"""The whole catalog as rows: products with what they are booked on, their prices to come, and what goes with them.

A few statements, however much there is; for writing it out.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from portal.domains.resources import Hours
from portal.kernel.db import Tx

# A variant stands behind its product, and variants in the order in which they were made.
PRODUCTS = text("""
SELECT p.id, p.category_id, p.slug, p.kind, p.name, p.variant, whole.slug AS variant_of, p.summary, p.description,
    p.cover, p.attributes, p.stock, p.published_at IS NOT NULL AND p.withdrawn_at IS NULL AS published,
    policy.name AS refund_policy, r.id AS resource_id, r.slug AS resource_slug, r.name AS resource, r.place, r.units,
    r.time_zone, o.min_length, o.max_length, o.length_step, o.start_step, o.buffer_before, o.buffer_after, o.lead_time,
    o.horizon_days, o.max_quantity, o.once_each
FROM products p
LEFT JOIN products whole ON whole.id = p.variant_of
LEFT JOIN refund_policies policy ON policy.id = p.refund_policy_id
LEFT JOIN offerings o ON o.product_id = p.id
LEFT JOIN resources r ON r.id = o.resource_id
ORDER BY coalesce(whole.name, p.name), coalesce(whole.slug, p.slug), p.variant_of IS NOT NULL, p.id
""")
PRICES = text("""
SELECT product_id, amount, currency, unit, lower(valid) AS since, upper(valid) AS until
FROM prices WHERE upper(valid) IS NULL OR upper(valid) > :now ORDER BY product_id, lower(valid)
""")
ADDONS = text("""
SELECT product_id, goods.slug, most FROM addons JOIN products goods ON goods.id = goods_id
ORDER BY product_id, position
""")
HOURS = text("""
SELECT resource_id, weekday, lower(minutes) AS opens, upper(minutes) AS closes
FROM opening_hours WHERE days = '(,)' ORDER BY resource_id
""")


SEASONS = text("""
SELECT resource_id, lower(days) AS first, upper(days) - 1 AS last, weekday, lower(minutes), upper(minutes)
FROM opening_hours WHERE days <> '(,)' ORDER BY resource_id, days, weekday, minutes
""")
PARTS = text("""
SELECT part.product_id, part.name, ARRAY(
    SELECT slug FROM offering_places place JOIN resources r ON r.id = place.resource_id
    WHERE place.product_id = part.product_id AND place.number = part.number AND r.withdrawn_at IS NULL ORDER BY slug
) AS slugs, part.choosable, part.once
FROM offering_parts part
WHERE CAST(:product_id AS uuid) IS NULL OR part.product_id = :product_id
ORDER BY part.product_id, part.number
""")
# A therapist, a room: what serves bookings and leads none.
OTHERS = text("""
SELECT id, name AS resource, slug AS resource_slug, place, units, time_zone FROM resources
WHERE withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM offerings WHERE resource_id = resources.id)
ORDER BY name, slug
""")


def products(tx: Tx) -> list[Any]:
    """Every product, on sale or not, with its rules of time."""
    return list(tx.execute(PRODUCTS))


def prices(tx: Tx, *, now: datetime) -> dict[UUID, list[Any]]:
    """The price of now and those to come, in order, by product."""
    return _by_first(tx.execute(PRICES, {"now": now}))


def addons(tx: Tx) -> dict[UUID, list[Any]]:
    """What goes with each product, by product."""
    return _by_first(tx.execute(ADDONS))


def weeks(tx: Tx) -> dict[UUID, list[Hours]]:
    """The usual week of each resource."""
    return {id: [Hours(*row[1:]) for row in rows] for id, rows in _by_first(tx.execute(HOURS)).items()}


def seasons(tx: Tx) -> dict[UUID, list[Any]]:
    """The hours of some days by resource: first and last day, weekday and minutes, in order."""
    return _by_first(tx.execute(SEASONS))


def parts(tx: Tx, product_id: UUID | None = None) -> dict[UUID, list[Any]]:
    """What else serves each product, in use, by product; of one product, if it is named."""
    return _by_first(tx.execute(PARTS, {"product_id": product_id}))


def others(tx: Tx) -> list[Any]:
    """Resources in use on which no product is offered."""
    return list(tx.execute(OTHERS))


def _by_first(rows: Any) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found
