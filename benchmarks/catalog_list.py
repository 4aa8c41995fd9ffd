"""What a page of the catalog costs with ten thousand products: plain, searched with a slip, narrowed by filters."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from statistics import median
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import Range

from benchmarks import house
from benchmarks.report import note, pair, percentile
from portal import create_app
from portal.config import Settings
from portal.domains import catalog
from portal.domains.catalog import AttributeFields, CategoryFields
from portal.domains.catalog.models import Price, Product
from portal.domains.resources.models import Offering
from portal.kernel.db import Tx, make_engine, transaction
from portal.kernel.ids import new_id
from tests import factories
from tests.factories.catalog import LONG_AGO
from tests.support.database import create_database, migrate

PRODUCTS = 10_000
LIMIT = 30.0
"""Milliseconds that half of the pages may take at most, drawn and all."""

SHELVES = 40
LEVELS = ("open", "beginner", "middle", "expert", "master")
NAMES = (
    "요가",
    "Yoga",
    "카약",
    "Kayak",
    "도자기",
    "Pottery",
    "사우나",
    "Sauna",
    "스튜디오",
    "Studio",
    "세미나",
    "Seminar",
)
PLACES = ("한강", "Seongsu", "해운대", "Busan", "제주", "Jeonju", "서울숲", "Gangnam")

PAGES = {
    "everything": "/",
    "a shelf": "/?category=all",
    "a choice and a number": "/?category=all&a.level=expert&a.level=master&a.size.from=20&a.size.to=60",
    "all filters": "/?category=all&a.level=open&a.parking=true&a.size.from=10&a.opened.from=2020-01-01&a.note=quiet",
    "hardly anything": "/?category=all&a.size.from=119.9&a.level=master",
    "a word": "/?q=kayak",
    "a slip": "/?q=kayk",
    "half a word": "/?q=요가 스튜디",
    "words and filters": "/?category=all&q=studio&a.level=expert&a.size.to=80",
}


def run(*, quick: bool = False) -> None:
    """Prints catalog_list: the median of all these pages, in turn."""
    with house.running() as servers:
        url = create_database(servers.database_url, "catalog")
        migrate(url)
        _fill(url, 500 if quick else PRODUCTS)
        look = _looking(replace(servers, database_url=url))
        took: dict[str, list[float]] = {name: [] for name in PAGES}
        for turn in range(3 if quick else 25):
            for name, path in PAGES.items():
                began = time.perf_counter()
                look(path)
                if turn:  # the first is only to warm up
                    took[name].append(1000 * (time.perf_counter() - began))
    for name, times in took.items():
        note(f"  {name}: {median(times):.1f} ms, 95 % within {percentile(times, 0.95):.1f} ms")
    value = median([each for times in took.values() for each in times])
    worst = max(median(times) for times in took.values())
    note(f"  the slowest of these pages: {worst:.1f} ms")
    pair("catalog_list", value, "ms", LIMIT / value, "limit")


def _looking(servers: house.House) -> Callable[[str], None]:
    app = create_app(
        Settings(
            database_url=servers.database_url,
            redis_url=servers.redis_url,
            secret_key="only for figures",  # noqa: S106  # it keeps no secret
        )
    )
    client = app.test_client()

    def look(path: str) -> None:
        answer = client.get(path, headers={"HX-Request": "true"} if "&" in path else {})
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")

    return look


def _fill(url: str, count: int) -> None:
    """A tree of two storeys, products of both kinds spread over it, a price each, attributes of every kind."""
    engine = make_engine(url, pool_size=2)
    with transaction(engine) as tx:
        top = catalog.create_category(tx, CategoryFields("All", slug="all")).id
        shelves = [catalog.create_category(tx, CategoryFields(f"Shelf {n}", parent_id=top)).id for n in range(SHELVES)]
        for fields in (
            AttributeFields("Level", "choice", options=[(one, one.title()) for one in LEVELS], shown="list"),
            AttributeFields("Size", "number", unit="m²", shown="list"),
            AttributeFields("Parking", "flag"),
            AttributeFields("Opened", "date"),
            AttributeFields("Note", "text"),
        ):
            catalog.create_attribute(tx, top, replace(fields, filterable=True))
        places = [factories.resource(tx, name=f"Place {n}").id for n in range(50)]
        _stock(tx, count, shelves, places)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def _stock(tx: Tx, count: int, shelves: list[Any], places: list[Any]) -> None:
    dice = random.Random(7)  # the same world every time
    products, prices, offerings = [], [], []
    for number in range(count):
        id, booked = new_id(), number % 3 > 0
        names = dice.sample(NAMES, 2)
        products.append(
            {
                "id": id,
                "category_id": shelves[min(int(dice.expovariate(0.1)), SHELVES - 1)],
                "slug": f"product-{number}",
                "kind": "booking" if booked else "goods",
                "name": f"{dice.choice(PLACES)} {names[0]} {names[1]} {number}",
                "summary": f"{dice.choice(PLACES)}, {'quiet' if number % 5 else 'lively'} and by the water",
                "stock": None if booked else number % 7,
                "published_at": LONG_AGO if number % 20 else None,
                "attributes": {
                    "level": dice.choice(LEVELS),
                    "size": round(dice.uniform(5, 120), 1),
                    "parking": dice.random() < 0.3,
                    "opened": (date(2010, 1, 1) + timedelta(days=dice.randrange(5000))).isoformat(),
                    "note": "quiet" if number % 4 else "at the corner",
                },
            }
        )
        unit = "hour" if booked else "piece"
        amount = dice.randrange(5, 90) * 1000
        prices.append({"product_id": id, "unit": unit, "amount": amount, "valid": Range(LONG_AGO, None)})
        if booked:
            rules = {"min_length": 60, "max_length": 60}
            offerings.append({"product_id": id, "resource_id": dice.choice(places), **rules})
    for model, rows in ((Product, products), (Price, prices), (Offering, offerings)):
        tx.execute(insert(model), rows)
