"""Staff switch a product's queue on and off."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.domains import audit, catalog
from portal.domains.rushes.models import Rush
from portal.kernel import questions
from portal.kernel.db import Tx
from portal.kernel.errors import Stale
from portal.kernel.fields import Faults
from portal.kernel.slugs import hold_lock

OPEN = "SELECT at_once, minutes, opened_at FROM rushes WHERE product_id = %(product_id)s AND open"


@dataclass(frozen=True)
class Terms:
    """How a queue that is open works."""

    product_id: UUID
    at_once: int
    minutes: int
    opened_at: datetime


def rush_of(tx: Tx, product_id: UUID) -> Rush | None:
    """The product's queue, open or not; None where there never was one."""
    return tx.scalar(select(Rush).where(Rush.product_id == product_id))


def open_rush(tx: Tx, product_id: UUID) -> Terms | None:
    """How the product's queue works; None where it is not open. Asked for every page and every hold."""
    return questions.answer(tx, rush_question(product_id))


def rush_question(product_id: UUID) -> questions.Question[Terms | None]:
    """The same for whoever has more to ask."""
    given = {"product_id": product_id}
    return questions.Question(OPEN, given, lambda rows: Terms(product_id, *rows[0]) if rows else None)


def set_rush(
    tx: Tx, product_id: UUID, version: int, *, on: bool, at_once: object, minutes: object, now: datetime, by: UUID
) -> Rush:
    """Switches the queue and says how it works; 0 is the version of a queue that there never was.

    Raises Stale, Invalid on `at_once`, `minutes`, NotFound.
    """
    catalog.get_product(tx, product_id)
    faults = Faults()
    most = faults.whole("at_once", at_once, least=1, most=100_000)
    lasting = faults.whole("minutes", minutes, least=1, most=60)
    faults.stop()
    hold_lock(tx, f"rush {product_id}")  # the row may not be there yet
    query = select(Rush).where(Rush.product_id == product_id)
    rush = tx.scalar(query.execution_options(populate_existing=True))
    if (rush.version if rush else 0) != version:
        raise Stale
    if rush is None:
        rush = Rush(product_id=product_id, at_once=most, minutes=lasting, open=on, opened_at=now)
        tx.add(rush)
    else:
        rush.opened_at = now if on and not rush.open else rush.opened_at
        rush.open, rush.at_once, rush.minutes = on, most, lasting
    tx.flush()
    audit.record(tx, by, "rush.set", "product", str(product_id), on=on, at_once=most, minutes=lasting)
    return rush
