"""A product in variants: listed once, sold one by one."""

from datetime import timedelta
from uuid import uuid4

import pytest

from portal.domains import audit, catalog
from portal.domains.catalog import Along, CategoryFields, Product, ProductFields
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid, NotFound, Stale
from tests import factories
from tests.factories.catalog import LONG_AGO
from tests.support.drawing import file_of


def variant(tx: Tx, whole: Product, name: str, amount: int | None = None, *, stock: int = 0) -> Product:
    """A published variant, with a price if one is given."""
    made = catalog.create_variant(tx, whole.id, name)
    if amount is not None:
        factories.price(tx, made.id, amount=amount, unit="piece" if whole.kind == "goods" else "person")
    if stock:
        catalog.adjust_stock(tx, made.id, stock, reason="delivery")
    return catalog.publish_product(tx, made.id, made.version, now=LONG_AGO)


def test_a_variant_is_called_after_its_product_and_follows_it(tx: Tx) -> None:
    tour = factories.product(tx, name="Kayak tour", slug="kayak-tour")
    adult, child = variant(tx, tour, "Adult"), variant(tx, tour, "어린이")
    assert (adult.name, adult.slug, adult.kind) == ("Kayak tour, Adult", "kayak-tour-adult", "booking")
    assert (child.name, child.slug) == ("Kayak tour, 어린이", "kayak-tour-eorini")
    water = catalog.create_category(tx, CategoryFields("Water"))
    catalog.edit_product(tx, tour.id, tour.version, ProductFields(water.id, "Sea tour", cover="kayak"))
    assert [(one.name, one.category_id, one.cover) for one in catalog.variants_of(tx, tour.id)] == [
        ("Sea tour, Adult", water.id, "kayak"),
        ("Sea tour, 어린이", water.id, "kayak"),
    ]
    renamed = catalog.edit_variant(tx, adult.id, adult.version, "Grown-up", slug="grown-up")
    assert (renamed.name, renamed.slug, renamed.variant) == ("Sea tour, Grown-up", "grown-up", "Grown-up")


def test_the_list_has_the_product_once_from_the_least_price(tx: Tx) -> None:
    now, shelf = clock.now(), factories.category(tx)
    towel = factories.product(tx, kind="goods", name="Towel", category_id=shelf.id)
    variant(tx, towel, "Large", 18000, stock=2)
    variant(tx, towel, "Small", 12000, stock=5)
    variant(tx, towel, "Rare")
    draft = catalog.create_variant(tx, towel.id, "Draft")
    factories.price(tx, draft.id, amount=1, unit="piece")
    factories.goods(tx, name="Plain", amount=9000, category_id=shelf.id)
    plain, listed = catalog.list_products(tx, now=now, category_id=shelf.id).items
    assert (plain.product.name, plain.in_variants, [one.product.name for one in plain.sold]) == (
        "Plain",
        False,
        ["Plain"],
    )
    assert (listed.product.name, listed.in_variants) == ("Towel", True)
    assert listed.price is not None
    assert listed.price.amount == 12000
    assert [one.product.variant for one in listed.sold] == ["Large", "Small", "Rare"]
    found = catalog.find_product(tx, towel.slug)
    assert found is not None
    assert catalog.listed(tx, found, now=now) == listed
    (node,) = [one for one in catalog.category_tree(tx, now=now) if one.category.id == shelf.id]
    assert node.products == 2
    assert [item.product.name for item in catalog.list_products(tx, now=now, q="towel large").items] == []


def test_a_variant_is_on_sale_with_its_product_and_the_product_itself_is_not(tx: Tx) -> None:
    tour, now = factories.product(tx), clock.now()
    assert catalog.on_sale(tx, tour.id)
    adult = variant(tx, tour, "Adult", 20000)
    draft = catalog.create_variant(tx, tour.id, "Child")
    assert [catalog.on_sale(tx, one.id) for one in (tour, adult, draft)] == [False, True, False]
    assert catalog.find_product(tx, adult.slug) is adult
    catalog.withdraw_product(tx, tour.id, tour.version, now=now - timedelta(seconds=1))
    assert not catalog.on_sale(tx, adult.id)
    assert catalog.find_product(tx, adult.slug) is None
    assert catalog.find_product(tx, adult.slug, hidden=True) is adult


def test_pictures_and_what_goes_with_it_are_those_of_the_product(tx: Tx) -> None:
    tour, tea, now = factories.product(tx), factories.goods(tx), clock.now()
    adult = variant(tx, tour, "Adult", 20000)
    catalog.add_picture(tx, tour.id, file_of(400, 400), alt="A kayak")
    catalog.set_addons(tx, tour.id, [Along(tea.id, 2)])
    shown = catalog.pictures_of(tx, [tour.id, adult.id])
    assert [one.alt for one in shown[adult.id]] == [one.alt for one in shown[tour.id]] == ["A kayak"]
    assert [item.product.id for item in catalog.offered_along(tx, [adult.id], now=now)] == [tea.id]
    assert catalog.most_along(tx, [adult.id, adult.id], [tea.id]) == {tea.id: 4}
    with pytest.raises(Invalid):
        catalog.add_picture(tx, adult.id, file_of(400, 500), alt="Another")
    with pytest.raises(Invalid):
        catalog.set_addons(tx, adult.id, [])


def test_what_is_sold_in_variants_is_not_offered_along_itself(tx: Tx) -> None:
    room, towel, tea = factories.product(tx), factories.product(tx, kind="goods"), factories.goods(tx)
    small = variant(tx, towel, "Small", 9000)
    assert {one.id for one in catalog.goods_by_name(tx)} == {small.id, tea.id}
    with pytest.raises(Invalid):
        catalog.set_addons(tx, room.id, [Along(towel.id, 1)])
    catalog.set_addons(tx, room.id, [Along(small.id, 1), Along(tea.id, 1)])
    with pytest.raises(Invalid, match="offered together"):
        catalog.create_variant(tx, tea.id, "Green")


@pytest.mark.parametrize("name", ["", "x" * 61, "ADULT"])
def test_a_faulty_name_is_told(tx: Tx, name: str) -> None:
    tour = factories.product(tx)
    adult = variant(tx, tour, "Adult")
    other = variant(tx, tour, "Child")
    with pytest.raises(Invalid) as caught:
        catalog.create_variant(tx, tour.id, name)
    assert list(caught.value.faults) == ["variant"]
    with pytest.raises(Invalid):
        catalog.edit_variant(tx, other.id, other.version, name)
    assert catalog.edit_variant(tx, adult.id, adult.version, "adult").variant == "adult"


def test_variants_have_no_variants_and_are_not_written_as_products(tx: Tx) -> None:
    tour = factories.product(tx)
    adult = variant(tx, tour, "Adult")
    with pytest.raises(Invalid):
        catalog.create_variant(tx, adult.id, "Small")
    with pytest.raises(Invalid):
        catalog.edit_product(tx, adult.id, adult.version, ProductFields(tour.category_id, "Other"))
    with pytest.raises(Invalid):
        catalog.edit_variant(tx, tour.id, tour.version, "Tour")
    with pytest.raises(Stale):
        catalog.edit_variant(tx, adult.id, adult.version + 1, "Other")
    with pytest.raises(NotFound):
        catalog.create_variant(tx, uuid4(), "Adult")


def test_who_did_it_is_on_record(tx: Tx) -> None:
    staff, tour = factories.account(tx, roles=("catalog",)), factories.product(tx)
    made = catalog.create_variant(tx, tour.id, "Adult", by=staff.id)
    catalog.edit_variant(tx, made.id, made.version, "Grown-up", by=staff.id)
    assert [(e.action, e.actor_id) for e in audit.entries_about(tx, "product", tour.id)] == [
        ("variant.created", staff.id)
    ]
    assert [(e.action, e.actor_id) for e in audit.entries_about(tx, "product", made.id)] == [
        ("variant.edited", staff.id)
    ]
