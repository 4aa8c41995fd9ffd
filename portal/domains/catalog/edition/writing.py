"""Writes an edition: first what stands is locked and compared with what was read, then each kind of thing at once."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, insert, select, text

from portal.domains import audit
from portal.domains.audit import Act
from portal.domains.catalog.addon_models import Addon
from portal.domains.catalog.addons import rows_of
from portal.domains.catalog.edition.reading import Edition
from portal.domains.catalog.models import Price, Product, StockMovement
from portal.kernel.db import Tx, among, insert_all
from portal.kernel.errors import Stale
from portal.kernel.ids import new_id

# Past the session's objects, as stock.py and prices.py do: neither is an edit of what is written about the product.
COUNTED = text("""
UPDATE products SET stock = counted.stock, updated_at = now()
FROM unnest(CAST(:ids AS uuid[]), CAST(:stocks AS int[])) AS counted (id, stock) WHERE products.id = counted.id
""")
REPRICED = text("""
UPDATE products SET prices_version = prices_version + changes, updated_at = now()
FROM unnest(CAST(:ids AS uuid[]), CAST(:changes AS int[])) AS repriced (id, changes) WHERE products.id = repriced.id
""")


def write(tx: Tx, edition: Edition, *, reason: str) -> None:
    """Writes everything. `reason` is why goods were counted. Raises Stale; the caller then rolls back."""
    stocks = _lock(tx, edition)
    tx.execute(delete(Price).where(among(Price.id, [price.id for price in edition.gone])))
    for price in edition.gone:
        tx.expunge(price)
    for product in edition.new.values():
        product.stock = edition.counts.get(product.id, product.stock)
        product.prices_version += edition.repriced.get(product.id, 0)
    tx.flush()  # products, and prices that end earlier by now, or go on longer
    insert_all(tx, edition.new.values())
    insert_all(tx, edition.coming)
    tx.execute(delete(Addon).where(among(Addon.product_id, edition.along)))
    insert_all(tx, (row for product_id, along in edition.along.items() for row in rows_of(product_id, along)))
    _count(tx, edition, stocks, reason)
    audit.record_all(tx, edition.by, edition.acts)


def _lock(tx: Tx, edition: Edition) -> dict[UUID, int | None]:
    """Holds every product that is changed, in the order of their ids as those do who sell; answers their stocks."""
    changed = {one.id: one for one in tx.dirty if isinstance(one, Product)}
    for one in edition.products.values():
        if (one.id in edition.repriced or one.id in edition.counts) and one.id not in edition.new:
            changed[one.id] = one
    query = select(Product.id, Product.version, Product.prices_version, Product.stock).where(among(Product.id, changed))
    rows = tx.execute(query.order_by(Product.id).with_for_update(key_share=True)).all()
    if {row[:3] for row in rows} != {(one.id, one.version, one.prices_version) for one in changed.values()}:
        raise Stale
    return {id: stock for id, _version, _prices_version, stock in rows}


def _count(tx: Tx, edition: Edition, stocks: Mapping[UUID, int | None], reason: str) -> None:
    """What has come or gone since, as movements; and how often prices were changed."""
    moved = {id: count - (stocks.get(id) or 0) for id, count in edition.counts.items()}
    moved = {id: delta for id, delta in moved.items() if delta}
    rows = [
        {"id": new_id(), "product_id": id, "delta": delta, "reason": reason, "key": f"staff:{new_id()}"}
        for id, delta in moved.items()
    ]
    if rows:
        tx.execute(insert(StockMovement), rows)
    for id, delta in moved.items():
        edition.acts.append(Act("stock.adjusted", "product", id, {"delta": delta, "reason": reason}))
    known = [id for id in moved if id not in edition.new]
    tx.execute(COUNTED, {"ids": known, "stocks": [edition.counts[id] for id in known]})
    known = [id for id in edition.repriced if id not in edition.new]
    tx.execute(REPRICED, {"ids": known, "changes": [edition.repriced[id] for id in known]})
    for id in (edition.counts.keys() | edition.repriced.keys()) - edition.new.keys():
        tx.expire(tx.get_one(Product, id), ["stock", "prices_version", "updated_at"])
