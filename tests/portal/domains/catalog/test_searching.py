"""Words are found by their parts and with a slip, in Korean as in English, the nearest first."""

from datetime import UTC, datetime
from typing import Any

import pytest

from portal.domains import catalog
from portal.kernel.db import Tx
from tests import factories

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


def found(tx: Tx, q: str, **more: Any) -> list[str]:
    return [item.product.name for item in catalog.list_products(tx, now=NOW, q=q, **more).items]


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("요가 스튜디", ["서울숲 요가 스튜디오"]),
        ("요가 스튜디어", ["서울숲 요가 스튜디오"]),
        ("사우너", ["바닷가 사우나"]),
        ("kayk", ["Kayak at dusk"]),
        ("kayka", ["Kayak at dusk"]),
        ("kayak dsuk", []),
        ("potery", ["Pottery class"]),
        ("쪽배", []),
        ("zzzz", []),
    ],
)
def test_half_a_word_and_a_slip_of_the_finger_are_found(tx: Tx, q: str, names: list[str]) -> None:
    for name in ("서울숲 요가 스튜디오", "바닷가 사우나", "Kayak at dusk", "Pottery class"):
        factories.product(tx, name=name)
    assert found(tx, q) == names


def test_what_has_the_word_in_its_name_comes_before_what_mentions_it(tx: Tx) -> None:
    shelf = factories.category(tx).id
    factories.product(tx, name="Afternoon", summary="Tea and yoga", category_id=shelf)
    factories.product(tx, name="Yoga", category_id=shelf)
    assert found(tx, "yoga") == ["Yoga", "Afternoon"]


def test_nothing_similar_is_shown_beside_what_fits(tx: Tx) -> None:
    factories.product(tx, name="Kayak")
    factories.product(tx, name="Kayaks and more")
    factories.product(tx, name="Kajak")
    assert sorted(found(tx, "kayak")) == ["Kayak", "Kayaks and more"]


@pytest.mark.parametrize("q", ["kayak", "kayk"])
def test_pages_of_a_search_follow_each_other_also_where_the_best_come_first(tx: Tx, q: str) -> None:
    shelf = factories.category(tx).id
    for number in range(4):
        factories.product(tx, name=f"Afternoon {number}", summary="With a kayak", category_id=shelf)
        factories.product(tx, name=f"Kayak {number}", category_id=shelf)
    seen: list[str] = []
    after, pages = None, 0
    while pages == 0 or after:
        page = catalog.list_products(tx, now=NOW, q=q, limit=3, after=after)
        seen += [item.product.name for item in page.items]
        after, pages = page.after, pages + 1
    assert (pages, len(seen), len(set(seen))) == (3, 8, 8)
    assert seen == found(tx, q)
