"""Products for everybody: found, paged, and never one that is not on sale."""

from portal.kernel.db import transaction
from tests import factories
from tests.portal.web.api.conftest import Shop


def get(shop: Shop, path: str, **query: object) -> dict[str, object]:
    answer = shop.app.test_client().get(f"/api/v1{path}", query_string=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def slugs(page: dict[str, object]) -> list[str]:
    return [item["slug"] for item in page["items"]]


def test_a_product_with_its_category_attributes_and_price(shop: Shop) -> None:
    with transaction(shop.engine) as tx:
        shelf = factories.category(tx, name="Classes", slug="classes")
        made = factories.product(
            tx, slug="yoga", name="Yoga", category_id=shelf.id, summary="By the sea", attributes={"mats": True}
        )
        factories.price(tx, made.id, amount="12.50", currency="USD", unit="person")
    told = get(shop, "/products/yoga")
    assert told.pop("id") == str(made.id)
    assert told == {
        "slug": "yoga",
        "kind": "booking",
        "name": "Yoga",
        "summary": "By the sea",
        "description": "",
        "category": {"slug": "classes", "name": "Classes"},
        "attributes": {"mats": True},
        "price": {"amount": "12.50", "currency": "USD"},
        "price_from": {"amount": "12.50", "currency": "USD"},
        "unit": "person",
        "pictures": [],
        "variants": [],
        "stock": None,
        "booking": None,
    }


def test_how_it_is_booked(shop: Shop) -> None:
    assert get(shop, "/products/kayak")["booking"] == {
        "place": "",
        "time_zone": "Asia/Seoul",
        "shortest_minutes": 30,
        "longest_minutes": 240,
        "step_minutes": 30,
        "most": 10,
        "parts": [],
    }
    assert get(shop, "/products/tea")["stock"] == 5


def test_found_by_words_and_by_category(shop: Shop) -> None:
    assert slugs(get(shop, "/products", q="kayak")) == ["kayak"]
    category = get(shop, "/products/tea")["category"]
    assert slugs(get(shop, "/products", category=category["slug"])) == ["tea"]
    assert slugs(get(shop, "/products", q="no such thing")) == []


def test_pages_follow_each_other_without_gap_or_repeat(shop: Shop) -> None:
    whole = slugs(get(shop, "/products"))
    seen: list[str] = []
    page = get(shop, "/products", limit=2)
    while True:
        seen += slugs(page)
        if not page["next"]:
            break
        page = get(shop, "/products", limit=2, cursor=page["next"])
    assert seen == whole
    assert len(seen) == 3


def test_what_is_not_on_sale_is_not_there(shop: Shop) -> None:
    with transaction(shop.engine) as tx:
        factories.product(tx, slug="draft", published=False)
    shop.sql("UPDATE products SET withdrawn_at = now() WHERE slug = 'tea'")
    client = shop.app.test_client()
    for slug in ("draft", "tea"):
        assert client.get(f"/api/v1/products/{slug}").status_code == 404
        assert client.get(f"/api/v1/products/{slug}/slots").status_code == 404
        assert slug not in slugs(get(shop, "/products"))
