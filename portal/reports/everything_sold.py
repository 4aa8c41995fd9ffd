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
    o.horizon_days, o.max_quantity
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


def _by_first(rows: Any) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found
