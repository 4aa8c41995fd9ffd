"""What it costs to look at a month of times: ten thousand of them, beside a million stored reservations."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from secrets import token_hex
from statistics import median
from uuid import UUID

from flask import Flask
from sqlalchemy import text

import portal.tables  # noqa: F401  # the tables name each other, so all have to be known
from benchmarks import house
from benchmarks.report import note, pair
from portal import create_app
from portal.config import Settings
from portal.kernel.db import Tx, make_engine, transaction
from portal.web.database import db
from tests import factories
from tests.support.database import create_database, migrate
from tests.support.statements import counted_on

LIMIT, QUERIES, GROWTH = 40.0, 12, 1.5
"""Milliseconds that a month's page may take, statements it may ask, and how much slower it may be among a hundred times
as many reservations."""
UNITS, DAYS, A_DAY = 10, 50, 24
"""Of the place that is looked at: half of every unit's time is booked, half an hour at a time."""
OTHERS = 12_000
"""Reservations that each of the other places has."""

HOLD = text("""
    INSERT INTO holds (id, account_id, product_id, resource_id, starts_at, ends_at, quantity, amount)
    VALUES (:id, :account, :product, :resource, now(), now() + interval '1 hour', 1, 0)
""")
# Every hour of the days around now has half an hour that is taken, the same for every unit but the last.
BOOK = text("""
    INSERT INTO reservations (id, hold_id, resource_id, unit, account_id, during, status, order_id)
    SELECT gen_random_uuid(), :hold, :resource, unit, :account,
           tstzrange(begins, begins + interval '30 minutes'), 'CONFIRMED', :hold
    FROM generate_series(1, :units) AS unit, generate_series(0, :each - 1) AS n,
         LATERAL (SELECT date_trunc('day', now()) - interval '3 days' + n * interval '1 hour' AS begins) AS at
""")


def run(*, quick: bool = False) -> None:
    """Prints month_page and month_page.growth."""
    rounds, more = (5, 9_000) if quick else (60, 988_000)
    with house.running() as servers:
        url = create_database(servers.database_url, "bookings")
        migrate(url)
        servers = replace(servers, database_url=url)
        app, slug = _shop(servers)
        few, queries = _measured(app, slug, rounds)
        note(f"bookings: {few:.1f} ms and {queries} statements among {_stored(servers)} reservations")
        _fill(servers, more)
        many, queries = _measured(app, slug, rounds)
        note(f"bookings: {many:.1f} ms and {queries} statements among {_stored(servers)} reservations")
        if queries > QUERIES:
            raise RuntimeError(f"{queries} statements for a page")
        pair("month_page", many, "ms", LIMIT / many, "limit")
        pair("month_page.growth", many / few, "times", GROWTH * few / many, "limit")


def _shop(servers: house.House) -> tuple[Flask, str]:
    """Open day and night, to be booked every five minutes: 288 times a day, and a page has 28 to 42 of them."""
    engine = make_engine(servers.database_url, pool_size=2)
    with transaction(engine) as tx:
        made = factories.bookable(tx, units=UNITS, length=30, start_step=5, horizon_days=90, slug="day-and-night")
        _book(tx, made.product.id, made.resource.id, DAYS * A_DAY)
    engine.dispose()
    return create_app(_settings(servers)), made.product.slug


def _settings(servers: house.House) -> Settings:
    """The portal as it would run there."""
    return Settings(database_url=servers.database_url, redis_url=servers.redis_url, secret_key=token_hex())


def _fill(servers: house.House, count: int) -> None:
    """So many more reservations, of other places."""
    engine = make_engine(servers.database_url, pool_size=2)
    while count > 0:
        here = min(count, OTHERS)
        with transaction(engine) as tx:
            made = factories.bookable(tx, units=UNITS)
            _book(tx, made.product.id, made.resource.id, here // UNITS)
        count -= here
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE reservations"))
    engine.dispose()


def _book(tx: Tx, product_id: UUID, resource_id: UUID, each: int) -> None:
    account = factories.account(tx)
    given = {"id": product_id, "account": account.id, "product": product_id, "resource": resource_id}
    tx.execute(HOLD, given)
    tx.execute(BOOK, {**given, "hold": product_id, "units": UNITS, "each": each})


def _measured(app: Flask, slug: str, rounds: int) -> tuple[float, int]:
    """Milliseconds of the page in the middle of all rounds, and its statements."""
    client, took = app.test_client(), []
    address = f"/products/{slug}/month"
    for _ in range(3):
        if client.get(address).status_code != 200:
            raise RuntimeError("there is no page")
    for _ in range(rounds):
        begun = time.perf_counter()
        client.get(address)
        took.append((time.perf_counter() - begun) * 1000)
    with _counted(app) as sent:
        client.get(address)
    return median(took), len(sent)


@contextmanager
def _counted(app: Flask) -> Iterator[list[str]]:
    with app.app_context():
        engine = db.engine
    with counted_on(engine) as sent:
        yield sent


def _stored(servers: house.House) -> int:
    with servers.connect() as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM reservations").fetchall()
    return int(str(count))
