"""The category tree as it is read."""

from datetime import UTC, datetime

from portal.domains import catalog
from portal.domains.catalog import CategoryFields
from portal.kernel.db import Tx
from tests import factories

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


def test_the_tree_is_in_order_of_position_then_name_with_counts_of_what_is_beneath(tx: Tx) -> None:
    classes = catalog.create_category(tx, CategoryFields("Classes", position=2))
    rooms = catalog.create_category(tx, CategoryFields("Rooms", position=1))
    studios = catalog.create_category(tx, CategoryFields("Studios", parent_id=rooms.id))
    halls = catalog.create_category(tx, CategoryFields("Halls", parent_id=rooms.id))
    factories.product(tx, category_id=studios.id)
    factories.product(tx, category_id=rooms.id)
    factories.product(tx, category_id=rooms.id, published=False)
    nodes = catalog.flat(catalog.category_tree(tx, now=NOW))
    assert [(node.category, node.depth, node.products) for node in nodes] == [
        (rooms, 0, 2),
        (halls, 1, 0),
        (studios, 1, 1),
        (classes, 0, 0),
    ]


def test_a_withdrawn_category_hides_what_is_beneath_it_but_not_from_staff(tx: Tx) -> None:
    rooms = catalog.create_category(tx, CategoryFields("Rooms"))
    studios = catalog.create_category(tx, CategoryFields("Studios", parent_id=rooms.id))
    factories.product(tx, category_id=studios.id, slug="studio-a")
    catalog.withdraw_category(tx, rooms.id, rooms.version, now=NOW)
    assert catalog.category_tree(tx, now=NOW) == []
    assert catalog.find_category(tx, studios.slug) is None
    assert catalog.find_product(tx, "studio-a") is None
    assert [n.category for n in catalog.flat(catalog.category_tree(tx, now=NOW, hidden=True))] == [rooms, studios]


def test_a_withdrawn_category_beneath_hides_only_itself(tx: Tx) -> None:
    rooms = catalog.create_category(tx, CategoryFields("Rooms"))
    studios = catalog.create_category(tx, CategoryFields("Studios", parent_id=rooms.id))
    factories.product(tx, category_id=studios.id, slug="studio-a")
    catalog.withdraw_category(tx, studios.id, studios.version, now=NOW)
    (top,) = catalog.category_tree(tx, now=NOW)
    assert (top.category, top.children, top.products) == (rooms, [], 0)
    assert catalog.find_product(tx, "studio-a") is None


def test_an_unlisted_category_and_what_is_beneath_it_is_found_by_its_address_alone(tx: Tx) -> None:
    rooms = catalog.create_category(tx, CategoryFields("Rooms"))
    trials = catalog.create_category(tx, CategoryFields("Trials", parent_id=rooms.id, unlisted=True))
    desks = catalog.create_category(tx, CategoryFields("Desks", parent_id=trials.id))
    product = factories.product(tx, category_id=desks.id, slug="trial-desk")
    (top,) = catalog.category_tree(tx, now=NOW)
    assert (top.category, top.children, top.products) == (rooms, [], 0)
    assert [n.category for n in catalog.flat(catalog.category_tree(tx, now=NOW, hidden=True))] == [rooms, trials, desks]
    assert catalog.find_category(tx, "desks") == desks
    assert catalog.find_product(tx, "trial-desk") == product
    assert catalog.on_sale(tx, product.id)


def test_the_path_leads_from_the_top_to_the_category(tx: Tx) -> None:
    rooms = catalog.create_category(tx, CategoryFields("Rooms"))
    studios = catalog.create_category(tx, CategoryFields("Studios", parent_id=rooms.id))
    booths = catalog.create_category(tx, CategoryFields("Booths", parent_id=studios.id))
    catalog.create_category(tx, CategoryFields("Noise", parent_id=rooms.id))
    assert catalog.path_of(tx, booths.id) == [rooms, studios, booths]
