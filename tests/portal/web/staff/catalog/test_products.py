"""Staff write products: a draft and its words, from the first to the last; who may, and who wrote last."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine

from portal.domains import catalog, resources
from portal.domains.catalog import AttributeFields
from portal.kernel import clock
from portal.kernel.db import Tx
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made
from tests.support import people
from tests.support.nobody import NOBODY


def words(product: catalog.Product, **change: object) -> dict[str, object]:
    """The form as it was opened, with what was typed since."""
    fields = ("category_id", "name", "slug", "summary", "description", "cover", "version")
    return {**{name: getattr(product, name) for name in fields}, "attributes": "", **change}


def test_the_list_is_found_through_filters_and_htmx_gets_the_rows_only(desk: Desk, made: Made) -> None:
    made(lambda tx: [factories.goods(tx, name="Linen towel"), factories.bookable(tx, name="도자기 물레")])
    made(lambda tx: factories.product(tx, name="Draft of a draft", published=False))
    page = desk.get("/products").text
    assert all(name in page for name in ("Linen towel", "도자기 물레", "Draft of a draft", "₩30,000"))
    found = desk.get("/products?q=도자&state=published", headers={"HX-Request": "true"}).text
    assert "도자기 물레" in found
    assert "Linen towel" not in found
    assert "<html" not in found
    assert "No product like that" in desk.get("/products?state=withdrawn").text
    assert desk.get("/products?state=nonsense&category=nowhere").status_code == 200
    assert desk.get("/products?after=nonsense").status_code == 422


def test_a_new_product_is_drafted_priced_offered_and_published(desk: Desk, made: Made, reading: Tx) -> None:
    category, place = made(lambda tx: (factories.category(tx), factories.resource(tx, units=4)))
    assert desk.get("/products/new").status_code == 200
    drafted = desk.post(
        "/products",
        kind="booking",
        name="Attic",
        category_id=category.id,
        cover="kayak",
        attributes="Size: 40 m²\nSeats: 8",
    )
    assert drafted.status_code == 303
    path = drafted.headers["Location"].removeprefix("/staff")
    assert "It has no price now" in desk.get(path).text
    price = {"price-amount": "30000", "price-unit": "half_hour", "price-reason": "First price"}
    assert desk.post(f"{path}/prices", **price, version=1).status_code == 303
    rules = {"min_length": 60, "max_length": 240, "length_step": 30, "start_step": 30, "buffer_before": 0}
    rules |= {"buffer_after": 15, "lead_time": 60, "horizon_days": 60, "max_quantity": 4}
    offering: dict[str, object] = {f"offering-{name}": value for name, value in rules.items()}
    offering |= {"offering-resource_id": str(place.id), "version": "0"}
    assert desk.post(f"{path}/offering", **offering).status_code == 303
    assert desk.post(f"{path}/publication", version=1).status_code == 303
    attic = catalog.find_product(reading, "attic")
    assert attic is not None
    assert (attic.cover, attic.attributes) == ("kayak", {"Size": "40 m²", "Seats": 8})
    told = resources.offering_of(reading, attic.id)
    assert told is not None
    assert (told.min_length, told.max_length, told.buffer_after, told.max_quantity) == (60, 240, 15, 4)
    now = catalog.price_history(reading, attic.id)[0]
    assert (now.amount, now.unit, now.set_by) == (30000, "half_hour", desk.person_id)
    page = desk.get(path).text
    assert "It has no price now" not in page
    assert "Park Jiwoo" in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "This cannot be empty."),
        ({"name": "x" * 121}, "At most 120 characters; this has 121."),
        ({"slug": "Not A Slug"}, "Use small letters, digits and single hyphens"),
        ({"category_id": NOBODY}, "There is no such category."),
        ({"category_id": "nonsense"}, "There is no such category."),
        ({"cover": "../../secret"}, "Covers are named with small letters"),
        ({"attributes": "no colon"}, "«no colon» is no fact"),
        ({"summary": "x" * 201}, "At most 200 characters"),
    ],
)
def test_a_fault_is_told_next_to_its_field_and_what_was_typed_stays(
    desk: Desk, made: Made, reading: Tx, change: dict[str, object], told: str
) -> None:
    product = made(lambda tx: factories.product(tx, name="Attic", summary="Before"))
    typed = words(product, **{"summary": "Typed just now", **change})
    answer = desk.post(f"/products/{product.id}", **typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'aria-invalid="true"' in answer.text
    if "summary" not in change:
        assert "Typed just now" in answer.text
    assert catalog.get_product(reading, product.id).summary == "Before"


def test_all_faults_of_a_form_are_told_at_once(desk: Desk, made: Made) -> None:
    category = made(factories.category)
    typed = {"kind": "booking", "name": "", "category_id": category.id, "cover": "kayak", "slug": "A B"}
    product = made(factories.product)
    for path in ("/products", f"/products/{product.id}"):
        answer = desk.post(path, **typed, attributes="no colon", version=1)
        assert answer.status_code == 422
        told = ("This cannot be empty.", "Use small letters", "«no colon» is no fact")
        assert all(words in answer.text for words in told)


def test_facts_that_cannot_be_read_leave_everything_as_it_was(desk: Desk, made: Made, reading: Tx) -> None:
    product = made(lambda tx: factories.product(tx, name="Attic"))
    typed = words(product, name="Loft", attributes="Size: 4\nno colon")
    assert desk.post(f"/products/{product.id}", **typed).status_code == 422
    assert catalog.get_product(reading, product.id).name == "Attic"


def test_an_edit_of_an_old_version_shows_both_and_can_be_saved_over_it(desk: Desk, made: Made, reading: Tx) -> None:
    product = made(lambda tx: factories.product(tx, name="Attic"))
    assert desk.post(f"/products/{product.id}", **words(product, name="Theirs")).status_code == 303
    answer = desk.post(f"/products/{product.id}", **words(product, name="Mine <b>"))
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "<mark>Mine &lt;b&gt;</mark>" in answer.text
    assert 'name="version" value="2"' in answer.text
    over = desk.post(f"/products/{product.id}", **words(product, name="Mine <b>", version=2))
    assert over.status_code == 303
    assert catalog.get_product(reading, product.id).name == "Mine <b>"


def test_lines_that_only_end_as_browsers_end_them_do_not_differ(desk: Desk, made: Made) -> None:
    product = made(lambda tx: factories.product(tx, description="One\nTwo"))
    same = {"description": "One\r\nTwo", "name": product.name}
    assert 'class="differs"' not in desk.post(f"/products/{product.id}", **words(product, **same, version=0)).text
    other = {"description": "One\r\nThree", "name": product.name}
    assert 'class="differs"' in desk.post(f"/products/{product.id}", **words(product, **other, version=0)).text


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 30, "²"])
def test_a_version_nobody_gave_is_an_old_one(desk: Desk, made: Made, version: str) -> None:
    product = made(lambda tx: factories.product(tx))
    assert desk.post(f"/products/{product.id}", **words(product, version=version)).status_code == 409
    assert desk.post(f"/products/{product.id}/withdrawal", version=version).status_code == 409


def test_withdrawing_takes_it_off_sale_and_publishing_brings_it_back(desk: Desk, made: Made) -> None:
    product = made(lambda tx: factories.product(tx, slug="attic"))
    assert desk.post(f"/products/{product.id}/withdrawal", version=1).status_code == 303
    assert made(lambda tx: catalog.find_product(tx, "attic")) is None
    assert desk.post(f"/products/{product.id}/publication", version=2).status_code == 303
    assert made(lambda tx: catalog.find_product(tx, "attic")) is not None


def test_only_who_looks_after_the_catalog_may_write_it(app: Flask, database: Engine, made: Made) -> None:
    product = made(lambda tx: factories.product(tx))
    client = app.test_client()
    signed_in = people.sign_in(client, people.staff(database, "refunds"))
    for path in ("/products", "/categories", "/resources", f"/products/{product.id}"):
        assert client.get(f"/staff{path}").status_code == 403
    typed = words(product, name="Mine", csrf_token=signed_in.csrf)
    assert client.post(f"/staff/products/{product.id}", data=typed).status_code == 403
    assert made(lambda tx: catalog.get_product(tx, product.id)).name == product.name


def test_what_does_not_exist_is_not_found(desk: Desk) -> None:
    assert desk.get(f"/products/{uuid4()}").status_code == 404
    assert desk.post(f"/products/{uuid4()}/prices", **{"price-amount": "1"}).status_code == 404


def test_nothing_is_written_by_looking(desk: Desk, made: Made) -> None:
    product = made(lambda tx: factories.bookable(tx)).product
    before = made(lambda tx: catalog.get_product(tx, product.id)).updated_at
    assert desk.get(f"/products/{product.id}").status_code == 200
    assert made(lambda tx: catalog.get_product(tx, product.id)).updated_at == before
    assert before > clock.now() - timedelta(minutes=5)


def test_a_new_product_is_asked_what_is_known_in_its_category_before_it_is_saved(desk: Desk, made: Made) -> None:
    def define(tx: Tx) -> tuple[Any, Any]:
        rooms, walks = factories.category(tx, name="Rooms"), factories.category(tx, name="Walks")
        catalog.create_attribute(tx, rooms.id, AttributeFields("Size", "number", unit="m²", required=True))
        catalog.create_attribute(tx, walks.id, AttributeFields("Pace", "text"))
        return rooms, walks

    rooms, walks = made(define)
    typed = {"kind": "booking", "name": "Attic", "category_id": rooms.id, "attribute-size": "12", "summary": "High up"}
    whole = desk.post("/products/values", **typed)
    assert whole.status_code == 200
    assert all(words in whole.text for words in ('value="Attic"', 'value="High up"', 'value="12"', "Size"))
    assert "This cannot be empty" not in whole.text, "nobody has asked to save yet"
    data = {"csrf_token": desk.csrf, **typed, "category_id": str(walks.id)}
    piece = desk.client.post("/staff/products/values", data=data, headers={"HX-Request": "true"})
    assert "Pace" in piece.text
    assert "Size" not in piece.text
    assert "<form" not in piece.text
    assert made(lambda tx: catalog.staff_products(tx, now=clock.now()).items) == []
    page = desk.get("/products/new").text
    assert 'hx-post="/staff/products/values"' in page
    assert 'formaction="/staff/products/values"' in page
    assert desk.post("/products", **{**typed, "cover": "kayak"}).status_code == 303
