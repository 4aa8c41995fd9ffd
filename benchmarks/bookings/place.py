"""The place that is fought for: one product on one resource, open day and night, and accounts with numbers for ids."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from benchmarks import house
from portal.kernel import clock
from portal.kernel.db import make_engine, transaction
from tests import factories

DAYS, LENGTH = 600, 30
"""How far ahead there is something to take, and how many minutes each takes."""
ACCOUNTS = 1000
"""Accounts have the ids 1 to this."""

PEOPLE = text("""
    INSERT INTO accounts (id, email, name)
    SELECT lpad(to_hex(n), 32, '0')::uuid, 'racer-' || n || '@example.com', 'Racer'
    FROM generate_series(1, :many) AS n
""")


@dataclass(frozen=True)
class Place:
    """What the statements of a claim name."""

    product_id: UUID
    resource_id: UUID


def midnight() -> datetime:
    """When the day after tomorrow begins, by UTC."""
    day = clock.now().astimezone(UTC) + timedelta(days=2)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def start_of(number: int) -> datetime:
    """Place number so much: neighbours lie on different days, so that those who come together do not queue."""
    return midnight() + timedelta(days=number % DAYS, minutes=LENGTH * (number // DAYS))


def make(servers: house.House, *, units: int) -> Place:
    """The product with so many units, in a database that has its tables."""
    engine = make_engine(servers.database_url, pool_size=2)
    with transaction(engine) as tx:
        made = factories.bookable(
            tx, units=units, length=LENGTH, start_step=LENGTH, horizon_days=730, time_zone="UTC", max_quantity=1
        )
        tx.execute(PEOPLE, {"many": ACCOUNTS})
        place = Place(made.product.id, made.resource.id)
    engine.dispose()
    return place
