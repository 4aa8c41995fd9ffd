"""A catalog file in the house: all of it or nothing, and again without doubling."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from portal.domains import catalog, resources
from portal.kernel.db import Tx, transaction
from portal.seeds.faults import BadSheet
from portal.seeds.importing import Imported, import_catalog

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
HEAD = "kind,category,name,slug,price,price_unit,stock,resource,units,time_zone,hours,length,max_length,published\n"
ATTIC = "booking,Rooms,Attic,,18000,half_hour,,Attic,1,Asia/Seoul,Mon 09:00-12:00,60,120,\n"
TOWEL = "goods,Things,Towel,,4000,,12,,,,,,,\n"


def bring(tx: Tx, text: str, now: datetime = NOW) -> Imported:
    return import_catalog(tx, (HEAD + text).encode(), now=now)


def problems(tx: Tx, text: str) -> list[str]:
    with pytest.raises(BadSheet) as caught, tx.begin_nested():
        bring(tx, text)
    return [str(problem) for problem in caught.value.problems]


def count(tx: Tx) -> list[int]:
    tables = ("categories", "products", "prices", "resources", "offerings", "stock_movements", "audit_entries")
    return [tx.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]


def found(tx: Tx, slug: str) -> Any:
    product = catalog.find_product(tx, slug, hidden=True)
    assert product is not None
    return product


def test_a_line_becomes_everything_that_is_needed_to_book(tx: Tx) -> None:
    assert bring(tx, ATTIC + TOWEL) == Imported(created=2, categories=2, resources=1)
    attic, offering = catalog.find_product(tx, "attic"), None
    assert attic is not None
    offering = resources.offering_of(tx, attic.id)
    assert offering is not None
    assert (offering.min_length, offering.max_length) == (60, 120)
    assert resources.hours_of(tx, offering.resource_id) == [resources.Hours(0, 540, 720)]
    price = catalog.price_at(tx, attic.id, NOW)
    assert price is not None
    assert (price.amount, price.unit, price.currency) == (18000, "half_hour", "KRW")
    assert found(tx, "towel").stock == 12


def test_the_same_file_again_changes_nothing(tx: Tx) -> None:
    bring(tx, ATTIC + TOWEL)
    before = count(tx)
    assert bring(tx, ATTIC + TOWEL, NOW + timedelta(days=1)) == Imported(updated=2)
    assert count(tx) == before


def test_a_changed_file_changes_what_is_there_and_an_empty_cell_keeps_it(tx: Tx) -> None:
    bring(tx, ATTIC + TOWEL)
    later = NOW + timedelta(days=1)
    bring(tx, "booking,Halls / High,Attic hall,attic,20000,,,,,,,90,,no\ngoods,Things,Towel,,,,7,,,,,,,\n", later)
    attic = found(tx, "attic")
    assert (attic.name, attic.category.name, attic.withdrawn_at) == ("Attic hall", "High", later)
    assert [(int(p.amount), p.unit) for p in catalog.price_history(tx, attic.id)] == [
        (20000, "half_hour"),
        (18000, "half_hour"),
    ]
    offering = resources.offering_of(tx, attic.id)
    assert offering is not None
    assert (offering.min_length, offering.max_length) == (90, 90)
    assert resources.hours_of(tx, offering.resource_id) == [resources.Hours(0, 540, 720)]
    assert found(tx, "towel").stock == 7


def test_a_price_that_is_scheduled_stays_scheduled(tx: Tx) -> None:
    bring(tx, TOWEL)
    towel, soon = found(tx, "towel"), NOW + timedelta(days=9)
    catalog.schedule_price(tx, towel.id, amount=Decimal(6000), unit="piece", starts_at=soon, reason="Tea", now=NOW)
    bring(tx, TOWEL.replace("4000", "5000"), NOW + timedelta(days=1))
    assert [int(price.amount) for price in catalog.price_history(tx, towel.id)] == [6000, 5000, 4000]


def test_two_products_share_a_resource_but_cannot_disagree_on_it(tx: Tx) -> None:
    shared = "booking,Rooms,Attic long,,30000,,,Attic,,,,180,,\n"
    bring(tx, ATTIC + shared)
    offerings = [resources.offering_of(tx, found(tx, slug).id) for slug in ("attic", "attic-long")]
    assert len({offering.resource_id for offering in offerings if offering}) == 1
    told = problems(tx, ATTIC + shared.replace(",Attic,,", ",Attic,3,"))
    assert told == ["line 3, units: line 2 says something else about «Attic»"]


def test_where_there_are_fewer_units_one_booking_takes_no_more_than_these(tx: Tx) -> None:
    kayak = "booking,Water,Kayak,,9000,,,Kayaks,5,,,60,,\n"
    bring(tx, kayak)
    bring(tx, kayak.replace(",5,,,60,", ",4,,,90,"))
    offering = resources.offering_of(tx, found(tx, "kayak").id)
    assert offering
    assert (offering.min_length, offering.max_quantity) == (90, 4)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("booking,Rooms,B,,-1,,,B,,,,60,,", "line 3, price: A price cannot be below zero."),
        ("booking,Rooms,B,,0.5,,,B,,,,60,,", "line 3, price: KRW has no smaller unit: write a whole number."),
        ("booking,Rooms,B,,1,piece,,B,,,,60,,", "line 3, price_unit: The price of this is for one of: booking,"),
        ("booking,Rooms,B,,,,,B,,,,60,,", "line 3, price: a new product needs a price, such as 30000"),
        ("booking,Rooms,B,,1,,,,,,,60,,", "line 3, resource: a booking needs what is booked"),
        ("booking,Rooms,B,,1,,,B,,,,,,", "line 3, length: a booking needs a length in minutes, such as 60"),
        ("booking,Rooms,B,,1,,,B,0,,,60,,", "line 3, units: This must be at least 1."),
        ("booking,Rooms,B,,1,,,B,,Mars/Base,,60,,", "line 3, time_zone: Nobody knows this time zone."),
        ("booking,Rooms,B,,1,,,B,,,,0,,", "line 3, length: This must be at least 5."),
        ("booking,Rooms,B,,1,,,B,,,,60,30,", "line 3, max_length: The longest time cannot be shorter"),
        ("booking,Rooms,B,,1,,,B,,,Mon 09:00-12:00; Mon 11:00-13:00,60,,", "line 3, hours: This begins before"),
        (f"booking,Rooms,{'x' * 121},,1,,,B,,,,60,,", "line 3, name: At most 120 characters; this has 121."),
        (f"booking,{'x' * 81},B,,1,,,B,,,,60,,", "line 3, category: At most 80 characters; this has 81."),
        ("booking,Rooms,B,Not A Slug,1,,,B,,,,60,,", "line 3, slug: Use small letters, digits and single hyphens"),
        ("booking,Rooms,B,towel,1,,,B,,,,60,,", "line 3, kind: «towel» is there already as goods"),
        ("goods,Rooms,B,,1,,-5,,,,,,,", "line 3, stock: This must be at least 0."),
        ("goods,Rooms,B,,NaN,,5,,,,,,,", "line 3, price: «NaN» is not an amount; write one such as 30000"),
        ("goods,Rooms,B,,1e30,,5,,,,,,,", "line 3, price: A price ends at 1,000,000,000."),
    ],
)
def test_a_bad_line_imports_nothing_at_all(tx: Tx, line: str, told: str) -> None:
    bring(tx, TOWEL)
    before = count(tx)
    (problem,) = problems(tx, ATTIC + line + "\n")
    assert problem.startswith(told)
    assert count(tx) == before


def test_a_bad_line_does_not_make_the_good_ones_around_it_look_bad(tx: Tx) -> None:
    bad = "booking,New / Deep,B,,-1,,,New room,,,,60,,\n"
    good = "booking,New / Deep,C,,1,,,New room,,,,60,,\n"
    assert len(problems(tx, ATTIC + bad + good + bad.replace(",B,", ",D,"))) == 2


def test_the_sample_file_is_good(tx: Tx, root: Path) -> None:
    data = (root / "portal/seeds/sample.csv").read_bytes()
    assert import_catalog(tx, data, now=NOW) == Imported(created=5, categories=5, resources=3)
    assert import_catalog(tx, data, now=NOW + timedelta(days=1)) == Imported(updated=5)


@contextmanager
def written(folder: Path, data: str) -> Iterator[Path]:
    file = folder / "mine.csv"
    file.write_text(data)
    yield file


def test_the_command_imports_and_tells_what_it_did(app: Flask, database: Engine, tmp_path: Path) -> None:
    with written(tmp_path, HEAD + ATTIC + TOWEL) as file:
        told = app.test_cli_runner().invoke(args=["catalog", "import", str(file)])
    assert (told.exit_code, told.output) == (
        0,
        "mine.csv: 2 products new, 0 known; 2 categories and 1 resources new.\n",
    )
    with transaction(database) as tx:
        assert len(catalog.list_products(tx, now=datetime.now(UTC)).items) == 2


def test_the_command_tells_every_problem_and_imports_nothing(app: Flask, database: Engine, tmp_path: Path) -> None:
    with written(tmp_path, HEAD + ATTIC + TOWEL.replace("4000", "-4") + "car,,,,,,,,,,,,,\n") as file:
        told = app.test_cli_runner().invoke(args=["catalog", "import", str(file)])
    assert told.exit_code == 1
    assert told.output.splitlines() == [
        "line 3, price: A price cannot be below zero.",
        "line 4, category: this cannot be empty",
        "line 4, kind: «car» is not one of booking, goods, category, attribute, resource",
        "line 4, name: this cannot be empty",
        "Error: 4 problems in mine.csv; nothing was imported.",
    ]
    with transaction(database) as tx:
        assert count(tx) == [0] * 7


def test_a_line_may_name_the_refund_policy_and_is_told_which_there_are(tx: Tx) -> None:
    head = HEAD.replace(",published", ",published,refund_policy")

    def named(policy: str) -> bytes:
        return (head + ATTIC.replace("\n", f",{policy}\n")).encode()

    catalog.create_refund_policy(tx, catalog.PolicyFields("Strict", [(72, 50)]))
    import_catalog(tx, named("strict"), now=NOW)
    attic = found(tx, "attic")
    assert [tier.hours for tier in catalog.terms_in_force(tx, attic.id).tiers] == [72]
    before = attic.version
    import_catalog(tx, named("Strict"), now=NOW)
    import_catalog(tx, named(""), now=NOW)
    assert found(tx, "attic").version == before
    with pytest.raises(BadSheet, match=r"line 2, refund_policy: there is no policy «Mild»; there are: «Strict»"):
        import_catalog(tx, named("Mild"), now=NOW)
