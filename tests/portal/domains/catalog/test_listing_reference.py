"""A list holds what looking at every product by itself would choose, in the same order, page by page."""

import random
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.domains import catalog
from portal.domains.catalog import AnyOf, Between, Category, Containing, Filter, Product
from portal.kernel.db import Tx
from tests import factories

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
WORDS = ["Kayak", "한강", "100%", "under_score", "Sauna", "요가", "back\\slash"]
SEARCHES = ["", "kayak", "요가", "ka", "sauna kayak", "100%", "r_s", "k\\s", "한"]
FILTERS: list[Sequence[Filter]] = [
    [],
    [AnyOf("level", ["open", "expert"])],
    [AnyOf("level", ["open"]), Between("size", 10, 40)],
    [Between("size", least=20), Containing("note", "A%")],
    [AnyOf("parking", [True])],
]


@pytest.mark.parametrize("seed", range(6))
def test_every_page_is_what_a_look_at_each_product_says(tx: Tx, seed: int) -> None:
    dice = random.Random(seed)
    categories = world(tx, dice)
    for _ in range(25):
        q, filters, kind = dice.choice(SEARCHES), dice.choice(FILTERS), dice.choice([None, None, "goods"])
        chosen = dice.choice([None, *categories])
        asked = {"q": q, "filters": filters, "kind": kind, "category_id": chosen.id if chosen else None}
        seen: list[UUID] = []
        after, pages = None, 0
        while pages == 0 or after:
            page = catalog.list_products(tx, now=NOW, limit=4, after=after, **asked)  # type: ignore[arg-type]  # as it was drawn
            seen += [item.product.id for item in page.items]
            after, pages = page.after, pages + 1
        expected = [one.id for one in looked_at(tx, q.lower().split(), filters, kind, chosen)]
        if expected or not q:  # what nothing fits as it was typed is looked for with a slip
            assert seen == expected, asked


def world(tx: Tx, dice: random.Random) -> list[Category]:
    made: list[Category] = []
    for number in range(7):
        above = dice.choice([None, *made])
        one = factories.category(tx, name=dice.choice("가나AB"), parent_id=above.id if above else None)
        one.position, one.unlisted = dice.randrange(2), number % 5 == 3
        one.withdrawn_at = NOW if dice.random() < 0.1 else None
        made.append(one)
    for _ in range(70):
        kind = dice.choice(["booking", "goods"])
        one = factories.product(
            tx,
            kind=kind,
            name=" ".join(dice.sample(WORDS, 2)),
            summary=dice.choice(WORDS),
            category_id=dice.choice(made).id,
            published=dice.random() < 0.9,
            attributes={
                "level": dice.choice(["open", "expert", "master"]),
                "size": dice.choice([5, 15.5, 30, 50]),
                "parking": dice.random() < 0.5,
                "note": dice.choice(["a% of it", "an A", "none"]),
            },
        )
        one.withdrawn_at = NOW + dice.choice([-1, 1]) * timedelta(days=1) if dice.random() < 0.2 else None
    tx.flush()
    return made


def looked_at(
    tx: Tx, words: list[str], filters: Sequence[Filter], kind: str | None, chosen: Category | None
) -> list[Product]:
    tree = [node.category.id for node in catalog.flat(catalog.category_tree(tx, now=NOW, hidden=True))]
    above = {category_id: catalog.path_of(tx, category_id) for category_id in tree}
    off = chosen is not None and any(one.unlisted for one in above[chosen.id])

    def shown(one: Product) -> bool:
        way = above[one.category_id]
        return (
            one.published_at is not None
            and not (one.withdrawn_at and one.withdrawn_at <= NOW)
            and not any(step.withdrawn_at for step in way)
            and (off or not any(step.unlisted for step in way))
            and (chosen is None or chosen in way)
            and kind in (None, one.kind)
            and all(nfd(word) in nfd(f"{one.name} {one.summary}") for word in words)
            and all(fits(each, one.attributes[each.slug]) for each in filters)
        )

    def place(one: Product) -> tuple[int, int, str, UUID]:
        beside = sum(nfd(word) not in nfd(one.name) for word in words)
        return beside, tree.index(one.category_id), one.name, one.id

    return sorted(filter(shown, tx.scalars(select(Product))), key=place)


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text).lower()


def fits(one: Filter, value: object) -> bool:
    if isinstance(one, AnyOf):
        return value in one.values
    if isinstance(one, Containing):
        return one.text.lower() in str(value).lower()
    assert isinstance(value, int | float)
    assert not isinstance(one.least, str)
    assert not isinstance(one.most, str)
    return (one.least is None or value >= one.least) and (one.most is None or value <= one.most)
