"""Waiting lists over the API."""

from tests.portal.web.api.conftest import Caller, Shop


def test_joining_looking_and_leaving(shop: Shop, customer: Caller) -> None:
    shop.hold(shop.caller())
    wish = {"product": shop.room, "start": shop.at(10)}
    answer = customer.post("/waiting", wish)
    assert answer.status_code == 201, answer.text
    told = answer.json
    assert (told["state"], told["place"], told["quantity"], told["start"]) == ("waiting", 1, 1, shop.at(10))
    assert customer.post("/waiting", wish).json["id"] == told["id"], "sent again it is the same entry"
    assert customer.get("/waiting").json == [told]
    assert answer.headers["Location"] == f"/api/v1/waiting/{told['id']}"
    for _ in range(2):
        assert customer.delete(f"/waiting/{told['id']}").status_code == 204
    assert customer.get("/waiting").json == []
    assert customer.get(f"/waiting/{told['id']}").json["state"] == "left"
    assert shop.caller().get(f"/waiting/{told['id']}").status_code == 404


def test_an_offer_is_a_hold_that_can_be_ordered(shop: Shop, customer: Caller) -> None:
    owner = shop.caller()
    hold_id = shop.hold(owner)
    customer.post("/waiting", {"product": shop.room, "start": shop.at(10)})
    owner.delete(f"/holds/{hold_id}")
    taken = shop.caller().post("/holds", {"product": shop.room, "start": shop.at(10)})
    assert (taken.status_code, taken.json["code"]) == (409, "slot-taken"), "who waits goes first"
    (told,) = customer.get("/waiting").json
    assert told["state"] == "offered"
    assert told["place"] is None
    order = customer.post("/orders", {"holds": [told["hold"]], "payment": {"token": "pm_card_visa"}})
    assert order.status_code == 202
    answer = customer.delete(f"/waiting/{told['id']}")
    assert (answer.status_code, answer.json["code"]) == (409, "offer-taken")


def test_what_is_free_is_not_waited_for(shop: Shop, customer: Caller) -> None:
    answer = customer.post("/waiting", {"product": shop.room, "start": shop.at(10)})
    assert (answer.status_code, answer.json["code"]) == (409, "free-now")
    answer = customer.post("/waiting", {"product": shop.room, "start": shop.at(10), "quantity": 2})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "quantity")


def test_nobody_stops_a_line_by_using_up_the_key_of_their_offer(shop: Shop, customer: Caller) -> None:
    owner = shop.caller()
    hold_id = shop.hold(owner)
    mine = customer.post("/waiting", {"product": shop.room, "start": shop.at(10)}).json["id"]
    elsewhere = {"product": shop.room, "start": shop.at(14)}
    assert customer.post("/holds", elsewhere, key=f"waiting:{mine}").status_code == 201
    assert customer.post("/holds", elsewhere, key=f"waiting {mine}").json["code"] == "idempotency-key-unusable"
    owner.delete(f"/holds/{hold_id}")
    taken = shop.caller().post("/holds", {"product": shop.room, "start": shop.at(10)})
    assert (taken.status_code, taken.json["code"]) == (409, "slot-taken")
    assert customer.get(f"/waiting/{mine}").json["state"] == "offered"
