"""Staff add variants to a product and look after each on a page of its own."""

from portal.domains import catalog
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made


def test_a_variant_is_added_named_and_shown_with_its_product(desk: Desk, made: Made) -> None:
    tour = made(lambda tx: factories.product(tx, name="Kayak tour", slug="kayak-tour"))
    path = f"/products/{tour.id}"
    added = desk.post(f"{path}/variants", **{"variant-variant": "Adult"})
    assert added.status_code == 303
    own = added.headers["Location"].removeprefix("/staff")
    page = desk.get(own).text
    assert "Kayak tour, Adult" in page
    assert f'href="/staff{path}"' in page
    assert 'id="details"' not in page
    assert 'id="prices"' in page
    assert "Adult" in desk.get(path).text
    assert "It has no price now" not in desk.get(path).text
    assert desk.post(f"{own}/variant", **{"variant-variant": "Grown-up", "version": 1}).status_code == 303
    (stored,) = made(lambda tx: catalog.variants_of(tx, tour.id))
    assert stored.name == "Kayak tour, Grown-up"
    assert desk.post(f"{own}/variant", **{"variant-variant": "Old", "version": 1}).status_code == 409


def test_faults_are_told_beside_the_name(desk: Desk, made: Made) -> None:
    tour = made(factories.product)
    path = f"/products/{tour.id}"
    for name, told in (("", "This cannot be empty"), ("x" * 61, "At most 60")):
        answer = desk.post(f"{path}/variants", **{"variant-variant": name})
        assert answer.status_code == 422
        assert 'id="variant-variant-error"' in answer.text
        assert told in answer.text
    assert made(lambda tx: catalog.variants_of(tx, tour.id)) == []
