"""Staff count goods in and out."""

from portal.domains import catalog
from portal.kernel.db import Tx
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made


def test_all_faults_of_a_movement_are_told_at_once(desk: Desk, made: Made, reading: Tx) -> None:
    towel = made(lambda tx: factories.goods(tx, stock=5))
    answer = desk.post(f"/products/{towel.id}/stock", **{"stock-delta": "0", "stock-reason": ""})
    assert answer.status_code == 422
    assert "Say how many come or go." in answer.text
    assert "This cannot be empty." in answer.text
    assert catalog.get_product(reading, towel.id).stock == 5


def test_stock_moves_once_however_often_the_form_is_sent(desk: Desk, made: Made, reading: Tx) -> None:
    towel = made(lambda tx: factories.goods(tx, stock=5))
    form = {"stock-delta": "3", "stock-reason": "Delivery", "once": "form-1"}
    assert [desk.post(f"/products/{towel.id}/stock", **form).status_code for _ in range(2)] == [303, 303]
    for delta, told in (("-9", "There are only 8"), ("x", "Write a whole number."), ("0", "Say how many come or go.")):
        answer = desk.post(f"/products/{towel.id}/stock", **{**form, "stock-delta": delta, "once": delta})
        assert answer.status_code == 422
        assert told in answer.text
    assert catalog.get_product(reading, towel.id).stock == 8
