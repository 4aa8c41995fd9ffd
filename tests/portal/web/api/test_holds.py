"""Holding and letting go."""

from datetime import datetime, timedelta

from sqlalchemy import text

from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.ids import new_id
from tests import factories
from tests.portal.web.api.conftest import Caller, Shop


def test_a_hold(shop: Shop, customer: Caller) -> None:
    answer = customer.post("/holds", {"product": "kayak", "start": shop.at(10), "end": shop.at(12), "quantity": 3})
    assert answer.status_code == 201
    told = answer.json
    left = datetime.fromisoformat(told.pop("expires_at")) - clock.now()
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    assert answer.headers["Location"] == f"/api/v1/holds/{told['id']}"
    assert told == {
        "id": told["id"],
        "product": "kayak",
        "start": shop.at(10),
        "end": shop.at(12),
        "quantity": 3,
        "served_by": "",
        "price": {"amount": "60000", "currency": "KRW"},
    }
    assert customer.get(f"/holds/{told['id']}").json["quantity"] == 3


def test_who_comes_second_is_told(shop: Shop, customer: Caller) -> None:
    shop.hold(customer)
    answer = shop.caller().post("/holds", {"product": shop.room, "start": shop.at(10)})
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert answer.json["code"] == "slot-taken"
    assert answer.json["errors"] == [{"field": "start", "message": "This time is taken. Choose another one."}]


def test_what_is_let_go_is_free_for_the_next(shop: Shop, customer: Caller) -> None:
    hold_id = shop.hold(customer)
    for _ in range(2):
        answer = customer.delete(f"/holds/{hold_id}")
        assert (answer.status_code, answer.data) == (204, b"")
    assert customer.get(f"/holds/{hold_id}").json["expires_at"] is None
    shop.hold(shop.caller())


def test_anothers_hold_is_not_there(shop: Shop, customer: Caller) -> None:
    hold_id, other = shop.hold(customer), shop.caller()
    assert other.get(f"/holds/{hold_id}").status_code == 404
    assert other.delete(f"/holds/{hold_id}").status_code == 404
    assert customer.get(f"/holds/{hold_id}").json["expires_at"]


def test_a_hold_in_an_order_is_not_let_go(shop: Shop, customer: Caller) -> None:
    number = shop.order(customer)
    (row,) = shop.sql("SELECT hold_id FROM order_lines")
    answer = customer.delete(f"/holds/{row.hold_id}")
    assert (answer.status_code, answer.json["code"]) == (409, "hold-ordered")
    assert customer.get(f"/orders/{number}").json["state"] == "processing"


def test_who_holds_as_much_as_one_account_may_is_told(shop: Shop, customer: Caller) -> None:
    for hour in range(1, 11):
        shop.hold(customer, hour)
    answer = customer.post("/holds", {"product": shop.room, "start": shop.at(11)})
    assert (answer.status_code, answer.json["code"]) == (409, "too-many-holds")
    assert shop.count("holds") == 10


def test_who_serves_can_be_chosen_where_the_product_lets_one(shop: Shop, customer: Caller) -> None:
    with transaction(shop.engine) as tx:
        kim = factories.resource(tx, name="Kim").id
        ((room_id,),) = tx.execute(text("SELECT id FROM products WHERE slug = :slug"), {"slug": shop.room})
        factories.also(tx, room_id, [kim], choosable=True)
    wish = {"product": shop.room, "start": shop.at(10)}
    answer = customer.post("/holds", {**wish, "served_by": [str(kim)]})
    assert (answer.status_code, answer.json["served_by"]) == (201, "Kim"), answer.text
    answer = customer.post("/holds", {**wish, "served_by": [str(new_id())]})
    assert answer.status_code == 422
    assert answer.json["errors"] == [{"field": "served_by", "message": "Choose one of those shown."}]
    answer = customer.post("/holds", {**wish, "served_by": ["Kim"]})
    assert answer.json["errors"] == [{"field": "served_by.0", "message": "This is not an id."}]
