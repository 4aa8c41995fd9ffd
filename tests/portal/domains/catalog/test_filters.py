"""A list narrowed by the values of attributes."""

from datetime import UTC, datetime

import pytest

from portal.domains import catalog
from portal.domains.catalog import AnyOf, Between, Containing, Filter
from portal.kernel.db import Tx
from tests import factories

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
ROOMS: dict[str, dict[str, object]] = {
    "Attic": {"level": "open", "size": 9, "parking": True, "opened": "2019-05-01", "note": "By the Sea"},
    "Barn": {"level": "expert", "size": 12.5, "parking": False, "opened": "2020-01-01", "note": "100% quiet"},
    "Cellar": {"level": "open", "size": 100, "opened": "2020-12-31"},
    "Den": {},
}


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([], ["Attic", "Barn", "Cellar", "Den"]),
        ([AnyOf("level", ["open"])], ["Attic", "Cellar"]),
        ([AnyOf("level", ["open", "expert"])], ["Attic", "Barn", "Cellar"]),
        ([AnyOf("level", [])], []),
        ([AnyOf("parking", [True])], ["Attic"]),
        ([AnyOf("parking", [False])], ["Barn"]),
        ([Between("size", 9, 12.5)], ["Attic", "Barn"]),
        ([Between("size", least=10)], ["Barn", "Cellar"]),
        ([Between("size", most=12)], ["Attic"]),
        ([Between("size", 12.6, 99.9)], []),
        ([Between("opened", "2020-01-01", "2020-12-31")], ["Barn", "Cellar"]),
        ([Between("opened", most="2019-12-31")], ["Attic"]),
        ([Containing("note", "sea")], ["Attic"]),
        ([Containing("note", "%")], ["Barn"]),
        ([AnyOf("level", ["open"]), Between("size", least=10)], ["Cellar"]),
        ([AnyOf("nothing", ["open"])], []),
    ],
)
def test_everything_listed_is_as_the_filters_say(tx: Tx, filters: list[Filter], names: list[str]) -> None:
    shelf = factories.category(tx).id
    for name, attributes in ROOMS.items():
        factories.product(tx, name=name, category_id=shelf, attributes=attributes)
    page = catalog.list_products(tx, now=NOW, category_id=shelf, filters=filters)
    assert [item.product.name for item in page.items] == names
