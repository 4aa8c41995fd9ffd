"""Ordering, and looking after one's orders."""

from tests.portal.web.api.conftest import Caller, Shop


def test_an_order_is_accepted_and_shows_how_far_it_is(shop: Shop, customer: Caller) -> None:
    shop.grant(customer.person, 5000)
    body = {
        "holds": [shop.hold(customer)],
        "goods": [{"product": "tea", "quantity": 2}],
        "points": 2000,
        "payment": {"token": "pm_card_visa"},
    }
    answer = customer.post("/orders", body)
    number = answer.json["number"]
    assert (answer.status_code, answer.json) == (202, {"number": number, "state": "processing"})
    assert answer.headers["Location"] == f"/api/v1/orders/{number}"

    told = customer.get(f"/orders/{number}").json
    assert told["total"] == {"amount": "42000", "currency": "KRW"}
    assert (told["points_used"], told["charged"]["amount"], told["points_accrued"]) == (2000, "40000", 0)
    assert "action" not in told
    assert [(line["product"], line["quantity"], line["amount"]["amount"], line["start"]) for line in told["lines"]] == [
        ("studio-a", 1, "30000", shop.at(10)),
        ("tea", 2, "12000", None),
    ]
    assert told["saga"]["state"] == "ready"
    assert told["saga"]["steps"][4] == {
        "name": "request payment from the outside provider",
        "kind": "pivot",
        "state": "waiting",
        "attempts": 0,
    }


def test_points_may_pay_it_all(shop: Shop, customer: Caller) -> None:
    shop.grant(customer.person, 30000)
    answer = customer.post("/orders", {"holds": [shop.hold(customer)], "points": 30000})
    assert answer.status_code == 202
    assert customer.get(f"/orders/{answer.json['number']}").json["charged"]["amount"] == "0"


def test_the_customer_is_shown_where_to_confirm(shop: Shop, customer: Caller) -> None:
    number = shop.order(customer)
    shop.sql("UPDATE orders SET state = 'awaiting_payment', action_url = 'https://bank.example/1', pay_by = now()")
    told = customer.get(f"/orders/{number}").json
    assert (told["state"], told["action"]["url"]) == ("awaiting_payment", "https://bank.example/1")


def test_a_cancelled_order_says_why_and_that_nothing_was_taken(shop: Shop, customer: Caller) -> None:
    number = shop.order(customer)
    shop.sql("UPDATE orders SET state = 'cancelled', refusal = 'card-declined'")
    told = customer.get(f"/orders/{number}").json
    assert (told["refusal"], told["charged"]["amount"], told["points_used"]) == ("card-declined", "0", 0)


def test_late_money_is_told_as_charged_while_it_is_under_way_and_once_it_went_back(
    shop: Shop, customer: Caller
) -> None:
    number, other = shop.order(customer), shop.order(customer, hour=14)
    shop.sql("UPDATE orders SET state = 'cancelled', refusal = 'card-declined'")
    shop.sql(
        "INSERT INTO payments (id, order_id, provider, provider_ref, state, amount)"
        " SELECT gen_random_uuid(), id, 'stripe', 'pi_late', 'paid', charge FROM orders WHERE number = :number",
        number=number,
    )
    told = customer.get(f"/orders/{number}").json
    assert (told["charged"], told["refunded"]["amount"]) == ({"amount": "30000", "currency": "KRW"}, "0")
    assert {one["number"]: one["charged"]["amount"] for one in customer.get("/orders").json["items"]} == {
        number: "30000",
        other: "0",
    }

    shop.sql("UPDATE orders SET refunded = charge WHERE number = :number", number=number)

    told = customer.get(f"/orders/{number}").json
    assert told["charged"] == told["refunded"] == {"amount": "30000", "currency": "KRW"}


def test_a_hold_that_is_over_cannot_be_ordered(shop: Shop, customer: Caller) -> None:
    hold_id = shop.hold(customer)
    shop.sql("UPDATE reservations SET expires_at = now() - interval '1 second'")
    answer = customer.post("/orders", {"holds": [hold_id], "payment": {"token": "pm_card_visa"}})
    assert (answer.status_code, answer.json["code"]) == (409, "hold-ended")
    assert shop.count("orders") == 0


def test_a_hold_goes_into_one_order(shop: Shop, customer: Caller) -> None:
    body = {"holds": [shop.hold(customer)], "payment": {"token": "pm_card_visa"}}
    assert customer.post("/orders", body).status_code == 202
    assert customer.post("/orders", body).status_code == 409
    assert shop.count("orders") == 1


def test_anothers_things_are_not_there(shop: Shop, customer: Caller) -> None:
    hold_id, number, other = shop.hold(customer, 14), shop.order(customer), shop.caller()
    assert other.post("/orders", {"holds": [hold_id], "payment": {"token": "pm_card_visa"}}).status_code == 404
    assert other.get(f"/orders/{number}").status_code == 404
    assert other.post(f"/orders/{number}/refunds", {"reason": "Mine now."}).status_code == 404
    assert other.get("/orders").json == {"items": [], "next": None}
    assert shop.count("orders") == 1


def test_pages_of_orders_newest_first(shop: Shop, customer: Caller) -> None:
    shop.order(shop.caller(), 9)
    placed = [shop.order(customer, hour) for hour in (10, 11, 12, 13, 14)]
    shop.sql("UPDATE orders SET placed_at = '2026-11-01T10:00:00Z' WHERE number = ANY(:same)", same=placed[1:3])
    first = customer.get("/orders", limit=2).json
    second = customer.get("/orders", limit=2, cursor=first["next"]).json
    third = customer.get("/orders", limit=2, cursor=second["next"]).json
    pages = [[order["number"] for order in page["items"]] for page in (first, second, third)]
    assert pages[0] == [placed[4], placed[3]]
    assert (pages[1][0], set(pages[1][1:] + pages[2])) == (placed[0], set(placed[1:3]))
    assert third["next"] is None
