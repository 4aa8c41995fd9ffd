"""What customers choose from at each step down the tree is what the tree that staff see says is there to be seen."""

import random
from datetime import UTC, datetime
from uuid import UUID

import pytest

from portal.domains import catalog
from portal.domains.catalog import Node
from portal.kernel.db import Tx
from tests import factories
from tests.support.statements import counted

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(8))
def test_the_steps_are_those_of_the_tree_without_what_is_empty_or_unlisted(tx: Tx, seed: int) -> None:
    dice = random.Random(seed)
    made: list[UUID | None] = [None]
    for _ in range(14):
        one = factories.category(tx, name=dice.choice("가나ABC"), parent_id=dice.choice(made))
        one.position, one.unlisted = dice.randrange(3), dice.random() < 0.15
        one.withdrawn_at = NOW if dice.random() < 0.15 else None
        made.append(one.id)
        for _ in range(dice.choice([0, 0, 1, 3])):
            shown = factories.product(tx, category_id=one.id, published=dice.random() < 0.7)
            shown.withdrawn_at = NOW if dice.random() < 0.2 else None
    tx.flush()
    with counted(tx) as sent:
        shelves = catalog.shop_shelves(tx, now=NOW)
    assert len(sent) == 1
    assert [one.id for one in shelves if not one.unlisted] == [
        node.category.id for node in catalog.flat(catalog.category_tree(tx, now=NOW))
    ]
    assert {one.slug for one in shelves} == {
        node.category.slug
        for node in catalog.flat(catalog.category_tree(tx, now=NOW, hidden=True))
        if catalog.find_category(tx, node.category.slug)
    }

    def compare(way: tuple[UUID, ...], nodes: list[Node]) -> None:
        expected = [node.category.id for node in nodes if node.products]
        assert [one.id for one in catalog.beneath(shelves, way)] == expected
        for node in nodes:
            compare((*way, node.category.id), node.children)

    compare((), catalog.category_tree(tx, now=NOW))


def test_a_variant_fills_no_shelf(tx: Tx) -> None:
    full, empty = factories.category(tx), factories.category(tx)
    whole = factories.product(tx, category_id=full.id)
    catalog.create_variant(tx, whole.id, "Adult").published_at = factories.catalog.LONG_AGO
    moved = catalog.create_variant(tx, whole.id, "Child")
    moved.category_id, moved.published_at = empty.id, factories.catalog.LONG_AGO
    tx.flush()
    assert [one.id for one in catalog.beneath(catalog.shop_shelves(tx, now=NOW), ())] == [full.id]
