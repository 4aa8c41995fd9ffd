"""Staff say what is offered with a booking; customers see it on its page and at the checkout."""

from flask import Flask

from portal.domains import catalog
from portal.domains.catalog import Along
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made


def test_rows_are_filled_in_left_empty_and_shown_to_customers(desk: Desk, app: Flask, made: Made) -> None:
    room = made(factories.bookable).product
    tea, towel = made(lambda tx: (factories.goods(tx, name="Tea"), factories.goods(tx, name="Linen towel")))
    path = f"/products/{room.id}"
    assert "Offered with it" in desk.get(path).text
    rows = {"along-goods_0": tea.id, "along-most_0": "2", "along-goods_3": towel.id, "along-most_3": ""}
    assert desk.post(f"{path}/addons", **rows, version=1).status_code == 303
    assert made(lambda tx: catalog.addons_of(tx, room.id)) == [Along(tea.id, 2), Along(towel.id, 1)]
    page = app.test_client().get(f"/products/{room.slug}").text
    assert "Goes well with it" in page
    assert page.index("Tea") < page.index("Linen towel")
    assert "What is offered with it was changed" in desk.get(path).text


def test_a_fault_is_told_beside_its_row_and_nothing_is_changed(desk: Desk, made: Made) -> None:
    room, tea = made(factories.bookable).product, made(factories.goods)
    rows = {"along-goods_2": tea.id, "along-most_2": "0", "along-goods_4": tea.id, "along-most_4": "1"}
    answer = desk.post(f"/products/{room.id}/addons", **rows, version=1)
    assert answer.status_code == 422
    assert 'id="along-most_2-error"' in answer.text
    assert 'id="along-goods_4-error"' in answer.text
    assert made(lambda tx: catalog.addons_of(tx, room.id)) == []


def test_goods_themselves_have_nothing_that_goes_with_them(desk: Desk, made: Made) -> None:
    tea = made(factories.goods)
    assert "Offered with it" not in desk.get(f"/products/{tea.id}").text
    assert desk.post(f"/products/{tea.id}/addons", version=1).status_code == 422
