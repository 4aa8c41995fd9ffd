"""A file of thousands of lines: the same as one by one, in a few statements, and all of it or nothing."""

import csv
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from portal.domains import catalog, resources
from portal.domains.catalog import AttributeFields, CategoryFields, PolicyFields, edition
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Stale
from portal.seeds.exporting import export_csv
from portal.seeds.faults import BadSheet
from portal.seeds.importing import import_catalog
from portal.seeds.sheet import read_sheet
from tests.portal.seeds.one_by_one import bring_in
from tests.support.statements import counted

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
HEAD = (
    *("kind", "category", "name", "slug", "variant_of", "summary", "price", "published", "refund_policy", "stock"),
    *("addons", "resource", "units", "hours", "length", "attribute:size"),
)
WEEKS = ("Mon-Fri 09:00-18:00", "Sat 10:00-14:00, 15:00-18:00", "daily 00:00-24:00")


def file_of(rows: list[dict[str, Any]]) -> bytes:
    written = StringIO()
    writer = csv.DictWriter(written, HEAD, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


@st.composite
def catalogs(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Lines about some of six products, two of them with variants, and of two resources."""
    price, name = st.integers(0, 3).map(lambda n: str(n * 1000)), st.sampled_from(["", " II", ", large"])
    units, weeks = draw(st.lists(st.integers(3, 5), min_size=2, max_size=2)), draw(st.permutations(WEEKS))
    rows = []
    for number in draw(st.lists(st.integers(0, 5), min_size=1, max_size=6, unique=True)):
        row: dict[str, Any] = {"category": "Things", "slug": f"thing-{number}", "name": f"Thing {number}{draw(name)}"}
        row |= {"price": draw(price), "published": draw(st.sampled_from(["", "yes", "no"]))}
        row |= {"refund_policy": draw(st.sampled_from(["", "Strict"]))}
        more = {
            "summary": draw(st.sampled_from(["", "A", "B"])),
            "attribute:size": draw(st.sampled_from(["", "1", "2"])),
        }
        if number < 4:
            row |= {"kind": "goods", "stock": draw(st.sampled_from(["", "0", "7"]))}
        else:
            at = number - 4
            row |= {"kind": "booking", "resource": f"Room {at}", "units": units[at], "hours": weeks[at]}
            row |= {"length": draw(st.sampled_from(["60", "90"]))}
        rows.append(row | more)
        if number in (0, 4):
            for label in draw(st.lists(st.sampled_from(["Small", "Large"]), max_size=2, unique=True)):
                one = {**row, "name": label, "slug": f"thing-{number}-{label.lower()}", "variant_of": row["slug"]}
                rows.append(one | {"published": draw(st.sampled_from(["", "no"]))})
    goods = [row["slug"] for row in rows if row["slug"] in {"thing-1", "thing-2", "thing-3"}]
    for row in rows:
        if goods and row["kind"] == "booking" and "variant_of" not in row:
            row["addons"] = draw(st.sampled_from(["", *(f"{slug}=2" for slug in goods), f"{goods[0]}=1"]))
    return draw(st.permutations(rows))


def furnished(tx: Tx) -> catalog.Category:
    things = catalog.create_category(tx, CategoryFields("Things"))
    catalog.create_attribute(tx, things.id, AttributeFields("Size", "number"))
    catalog.create_refund_policy(tx, PolicyFields("Strict", [(72, 50)]))
    tx.flush()
    return things


TOLD = """
SELECT action, coalesce(p.slug, r.slug, subject_kind), details - 'resource'
FROM audit_entries LEFT JOIN products p ON p.id::text = subject_id LEFT JOIN resources r ON r.id::text = subject_id
"""
PRICES = "SELECT p.slug, amount, unit, currency, valid, reason FROM prices JOIN products p ON p.id = product_id"
STOCKS = "SELECT p.slug, p.stock, delta, reason FROM products p LEFT JOIN stock_movements ON product_id = p.id"
UNITS = "SELECT r.slug, unit, retired_at FROM resource_units JOIN resources r ON r.id = resource_id"
SHOWN = "SELECT slug, name, variant, prices_version, published_at, withdrawn_at FROM products"


def everything(tx: Tx, now: datetime) -> list[Any]:
    """All that an import writes, without ids."""
    rows = [Counter(map(str, tx.execute(text(sql)))) for sql in (TOLD, PRICES, STOCKS, UNITS, SHOWN)]
    return [export_csv(tx, now=now), *rows]


@hypothesis_settings(
    max_examples=5, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=st.lists(catalogs(), min_size=1, max_size=2))
def test_many_at_once_are_what_they_would_be_one_by_one(engine: Engine, files: list[list[dict[str, Any]]]) -> None:
    ends = []
    for at_once in (True, False):
        with engine.connect() as connection, Session(connection, expire_on_commit=False) as tx:
            things = furnished(tx)
            for number, rows in enumerate(files):
                data, now = file_of(rows), NOW + timedelta(days=number)
                if at_once:
                    import_catalog(tx, data, now=now)
                else:
                    bring_in(tx, read_sheet(data)[0], things, now=now)
                tx.flush()
                tx.expire_all()
            ends.append(everything(tx, NOW + timedelta(days=9)))
            tx.rollback()
    (many, *counts), (one_by_one, *others) = ends
    assert many == one_by_one
    assert [(left - right, right - left) for left, right in zip(counts, others, strict=True)] == [({}, {})] * len(
        counts
    )


def test_one_line_of_ten_thousand_that_breaks_a_rule_is_named_and_nothing_is_changed(tx: Tx) -> None:
    furnished(tx)
    rows = [
        {"kind": "goods", "category": "Things", "name": f"Thing {n}", "price": str(n), "stock": "3"}
        for n in range(10_000)
    ]
    rows[7_654]["price"] = "-1"
    with counted(tx) as sent, pytest.raises(BadSheet) as caught:
        import_catalog(tx, file_of(rows), now=NOW)
    assert [str(one) for one in caught.value.problems] == ["line 7656, price: A price cannot be below zero."]
    assert len(sent) < 30
    assert not [sql for sql in sent if sql.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_hundred_lines_more_are_no_statement_more(tx: Tx) -> None:
    furnished(tx)
    count = []
    for size in (20, 120):
        rows = [
            {"kind": "booking", "category": "Things", "name": f"Thing {size} {n}", "price": "1000", "length": "60"}
            | {"resource": f"Room {size} {n}", "units": "2", "hours": WEEKS[n % 3], "attribute:size": str(n)}
            for n in range(size)
        ]
        with counted(tx) as sent:
            import_catalog(tx, file_of(rows), now=NOW)
        with counted(tx) as again:
            import_catalog(tx, file_of(rows), now=NOW + timedelta(days=1))
        count.append((len(sent), len(again)))
    assert count[0] == count[1]


def test_every_problem_is_told_at_once_and_none_that_only_follows_from_another(tx: Tx) -> None:
    furnished(tx)
    bag = {"kind": "goods", "category": "Things", "name": "Bag", "price": "-1", "slug": "bag"}
    small = {**bag, "name": "Small", "slug": "small", "variant_of": "bag", "price": "1"}
    ship = {"kind": "booking", "category": "Things", "name": "Ship", "price": "1", "resource": "Ship", "length": "60"}
    rows = [bag, small, ship | {"units": "0", "addons": "bag=1"}, ship | {"name": "Boat", "attribute:size": "big"}]
    with pytest.raises(BadSheet) as caught:
        import_catalog(tx, file_of(rows), now=NOW)
    assert [(one.line, one.column) for one in caught.value.problems] == [
        (2, "price"),
        (4, "addons"),  # what has variants is not taken along itself
        (4, "units"),
        (5, "attribute:size"),
    ]


def test_what_was_changed_since_it_was_read_is_not_overwritten(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"kind": "goods", "category": "Things", "name": "Bag", "price": "1", "stock": "5"}
    with transaction(database) as tx:
        furnished(tx)
        import_catalog(tx, file_of([row]), now=NOW)

    def somebody_edits(tx: Tx, *args: Any, **how: Any) -> Any:
        read = real(tx, *args, **how)
        with transaction(database) as other:
            bag = catalog.find_product(other, "bag", hidden=True)
            assert bag is not None
            catalog.withdraw_product(other, bag.id, bag.version, now=NOW)
        return read

    real = edition.read
    monkeypatch.setattr(edition, "read", somebody_edits)
    with pytest.raises(Stale), transaction(database) as tx:
        import_catalog(tx, file_of([row | {"name": "Sack", "slug": "bag"}]), now=NOW)
    with transaction(database) as tx:
        bag = catalog.find_product(tx, "bag", hidden=True)
        assert bag is not None
        assert (bag.name, bag.withdrawn_at) == ("Bag", NOW)


def test_what_is_sold_while_a_file_is_read_stays_sold_and_the_count_is_the_files(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"kind": "goods", "category": "Things", "name": "Bag", "price": "1", "stock": "5"}
    with transaction(database) as tx:
        furnished(tx)
        import_catalog(tx, file_of([row]), now=NOW)

    def somebody_buys(tx: Tx, *args: Any, **how: Any) -> Any:
        read = real(tx, *args, **how)
        with transaction(database) as other:
            bag = catalog.find_product(other, "bag", hidden=True)
            assert bag is not None
            catalog.take_stock(other, "an order", bag.id, 2)
        return read

    real = edition.read
    monkeypatch.setattr(edition, "read", somebody_buys)
    with transaction(database) as tx:
        import_catalog(tx, file_of([row | {"stock": "9"}]), now=NOW)
    with transaction(database) as tx:
        bag = catalog.find_product(tx, "bag", hidden=True)
        assert bag is not None
        assert bag.stock == 9
        assert sorted(one.delta for one in catalog.stock_movements(tx, bag.id)) == [-2, 5, 6]


def test_units_that_are_booked_do_not_go_and_the_line_is_told(tx: Tx, monkeypatch: pytest.MonkeyPatch) -> None:
    furnished(tx)
    row = {"kind": "booking", "category": "Things", "name": "Ship", "price": "1", "resource": "Ship", "length": "60"}
    import_catalog(tx, file_of([row | {"units": "4"}]), now=NOW)
    monkeypatch.setattr("portal.domains.reservations.starts_above", lambda *_: [NOW + timedelta(days=1)])
    with pytest.raises(BadSheet, match="line 2, units: Something is booked on a place above number 2"):
        import_catalog(tx, file_of([row | {"units": "2"}]), now=NOW)
    ship = resources.find_resource(tx, "ship")
    assert ship is not None
