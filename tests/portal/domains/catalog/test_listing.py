"""Lists of products: what customers and staff see, in which order, with how many statements."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from portal.domains import catalog
from portal.domains.catalog import CategoryFields
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid
from tests import factories
from tests.support.statements import counted

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=365)


def names(page: catalog.ProductPage) -> list[str]:
    return [item.product.name for item in page.items]


def test_products_are_listed_by_the_tree_then_by_name_with_what_they_cost_now(tx: Tx) -> None:
    last = catalog.create_category(tx, CategoryFields("A last", position=9))
    first = catalog.create_category(tx, CategoryFields("Z first", position=1))
    beneath = catalog.create_category(tx, CategoryFields("Beneath", parent_id=first.id))
    for name, category in (("Yoga", first), ("Attic", last), ("Boxing", first), ("Aikido", beneath)):
        product = factories.product(tx, name=name, category_id=category.id)
        factories.price(tx, product.id, amount=100, starts_at=LONG_AGO, ends_at=NOW)
        factories.price(tx, product.id, amount=200, starts_at=NOW, ends_at=NOW + timedelta(days=1))
        factories.price(tx, product.id, amount=300, starts_at=NOW + timedelta(days=1))
    page = catalog.list_products(tx, now=NOW)
    assert names(page) == ["Boxing", "Yoga", "Aikido", "Attic"]
    assert [item.price.amount for item in page.items if item.price] == [200] * 4
    assert [item.product.category.name for item in page.items] == ["Z first", "Z first", "Beneath", "A last"]


def test_drafts_withdrawn_and_hidden_products_are_not_listed_and_unpriced_ones_are(tx: Tx) -> None:
    factories.product(tx, name="Draft", published=False)
    gone = factories.product(tx, name="Gone")
    catalog.withdraw_product(tx, gone.id, gone.version, now=NOW)
    hidden = factories.product(tx, name="Hidden").category_id
    catalog.withdraw_category(tx, hidden, 1, now=NOW)
    factories.product(tx, name="Later", published=False).published_at = NOW + timedelta(days=1)
    factories.product(tx, name="Unpriced")
    tx.flush()
    page = catalog.list_products(tx, now=NOW)
    assert [(item.product.name, item.price) for item in page.items] == [("Unpriced", None)]
    assert sorted(names(catalog.staff_products(tx, now=NOW))) == ["Draft", "Gone", "Hidden", "Later", "Unpriced"]
    assert names(catalog.staff_products(tx, now=NOW, state="draft")) == ["Draft"]
    assert names(catalog.staff_products(tx, now=NOW, state="withdrawn")) == ["Gone"]


def test_what_is_unlisted_is_listed_only_in_its_own_category(tx: Tx) -> None:
    rooms = catalog.create_category(tx, CategoryFields("Rooms"))
    trials = catalog.create_category(tx, CategoryFields("Trials", parent_id=rooms.id, unlisted=True))
    desks = catalog.create_category(tx, CategoryFields("Desks", parent_id=trials.id))
    for name, category in (("Studio", rooms), ("Trial", trials), ("Trial desk", desks)):
        factories.product(tx, name=name, category_id=category.id)
    assert names(catalog.list_products(tx, now=NOW)) == ["Studio"]
    assert names(catalog.list_products(tx, now=NOW, q="trial")) == []
    assert names(catalog.list_products(tx, now=NOW, category_id=rooms.id)) == ["Studio"]
    assert names(catalog.list_products(tx, now=NOW, category_id=trials.id)) == ["Trial", "Trial desk"]
    assert names(catalog.list_products(tx, now=NOW, category_id=desks.id)) == ["Trial desk"]
    assert len(catalog.staff_products(tx, now=NOW).items) == 3


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("", ["Wheel 도자기 물레", "Yoga 100% relaxed", "한강 카약"]),
        ("도자", ["Wheel 도자기 물레"]),
        ("물", ["Wheel 도자기 물레"]),
        ("WHEEL", ["Wheel 도자기 물레"]),
        ("hee", ["Wheel 도자기 물레"]),
        ("물레 도자기", ["Wheel 도자기 물레"]),
        ("wheel yoga", []),
        ("river", ["한강 카약"]),
        ("100%", ["Yoga 100% relaxed"]),
        ("%", ["Yoga 100% relaxed"]),
        ("_", []),
        ("\x00\ud83d", ["Wheel 도자기 물레", "Yoga 100% relaxed", "한강 카약"]),
        ("x" * 5000, []),
    ],
)
def test_every_word_searched_for_is_a_part_of_name_or_summary(tx: Tx, q: str, found: list[str]) -> None:
    category = factories.category(tx)
    factories.product(tx, name="Wheel 도자기 물레", category_id=category.id)
    factories.product(tx, name="한강 카약", summary="On the river", category_id=category.id)
    factories.product(tx, name="Yoga 100% relaxed", category_id=category.id)
    assert sorted(names(catalog.list_products(tx, now=NOW, q=q))) == found


def test_a_category_lists_what_is_beneath_it_and_a_kind_only_its_own(tx: Tx) -> None:
    rooms = catalog.create_category(tx, CategoryFields("Rooms"))
    studios = catalog.create_category(tx, CategoryFields("Studios", parent_id=rooms.id))
    factories.product(tx, name="Hall", category_id=rooms.id)
    factories.product(tx, name="Studio", category_id=studios.id)
    factories.product(tx, name="Noise")
    factories.goods(tx, name="Towel", category_id=studios.id)
    assert names(catalog.list_products(tx, now=NOW, category_id=rooms.id)) == ["Hall", "Studio", "Towel"]
    assert names(catalog.list_products(tx, now=NOW, category_id=studios.id, kind="booking")) == ["Studio"]
    assert names(catalog.list_products(tx, now=NOW, category_id=uuid4())) == []


def test_pages_follow_each_other_without_gap_or_repeat(tx: Tx) -> None:
    one, two = factories.category(tx, name="One"), factories.category(tx, name="Two")
    for number in range(7):
        factories.product(tx, name=f"Same {number % 3}", category_id=(one, two)[number % 2].id)
    seen, after, pages = [], None, 0
    while pages == 0 or after:
        page = catalog.list_products(tx, now=NOW, limit=3, after=after)
        seen += [item.product.id for item in page.items]
        after, pages = page.after, pages + 1
    assert (pages, len(seen), len(set(seen))) == (3, 7, 7)
    assert seen == [item.product.id for item in catalog.list_products(tx, now=NOW).items]


@pytest.mark.parametrize("after", ["x", "\x00", "1" * 40])
def test_a_mark_no_page_gave_is_a_fault(tx: Tx, after: str) -> None:
    with pytest.raises(Invalid) as caught:
        catalog.list_products(tx, now=NOW, after=after)
    assert list(caught.value.faults) == ["after"]


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_is_one_statement_however_much_there_is(tx: Tx, count: int) -> None:
    for number in range(count):
        product = factories.product(tx, name=f"Product {number}")
        factories.price(tx, product.id)
    tx.expire_all()
    with counted(tx) as statements:
        page = catalog.list_products(tx, now=NOW, q="product", limit=100)
        assert {item.product.category.name for item in page.items} == {"Rooms"}
        assert len([item.price.amount for item in page.items if item.price]) == count
    assert len(statements) == 1
    with counted(tx) as statements:
        assert len(catalog.category_tree(tx, now=NOW)) == count
    assert len(statements) == 1
