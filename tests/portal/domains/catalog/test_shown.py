"""What customers are told of values stands in the order of its definitions: from the top of the tree down."""

import random
from uuid import UUID

import pytest

from portal.domains import catalog
from portal.domains.catalog import AttributeFields
from portal.kernel.db import Tx
from tests import factories
from tests.support.statements import counted

SHOWN = {"list": ("list",), "page": ("list", "page")}


@pytest.mark.parametrize("seed", range(4))
def test_each_place_tells_what_is_defined_for_it_in_the_order_staff_see(tx: Tx, seed: int) -> None:
    dice = random.Random(seed)
    categories = [factories.category(tx).id]
    for _ in range(5):
        categories.append(factories.category(tx, parent_id=dice.choice(categories)).id)
    for n in range(12):
        fields = AttributeFields(
            dice.choice("ABC") + str(n),
            "number",
            filterable=dice.random() < 0.5,
            shown=dice.choice(["list", "page", "staff"]),
            position=dice.randrange(2),
        )
        catalog.create_attribute(tx, dice.choice(categories), fields)
    in_force = {category: catalog.attributes_of(tx, category) for category in categories}
    values = {f"{letter}{n}".lower(): n for letter in "ABC" for n in range(12) if dice.random() < 0.8}
    products: list[tuple[UUID, UUID, dict[str, object]]] = [(one, one, dict(values)) for one in categories]
    for place, shown in SHOWN.items():
        with counted(tx) as sent:
            told = catalog.told_values(tx, products, place=place)
        assert len(sent) == 1
        for category, defined in in_force.items():
            expected = [(one.slug, values[one.slug]) for one in defined if one.shown in shown and one.slug in values]
            assert [(trait.slug, value) for trait, value in told[category]] == expected
    for category, defined in in_force.items():
        assert [one.slug for one in catalog.filters_of(tx, category)] == [one.slug for one in defined if one.filterable]


def test_of_no_products_nothing_is_asked(tx: Tx) -> None:
    with counted(tx) as sent:
        assert catalog.told_values(tx, [], place="list") == {}
    assert not sent
