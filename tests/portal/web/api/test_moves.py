"""Moving a booking by the API: accepted at once, followed at its address."""

from typing import Any

import pytest

from tests.portal.web.api.conftest import Caller, Shop


@pytest.fixture
def number(shop: Shop, customer: Caller) -> str:
    return shop.completed(customer)


def line(customer: Caller, number: str) -> str:
    return str(customer.get(f"/orders/{number}").json["lines"][0]["id"])


def ask(shop: Shop, customer: Caller, number: str, hour: int = 14, *, key: str | None = None, **more: Any) -> Any:
    body = {"line": line(customer, number), "start": shop.at(hour), **more}
    return customer.post(f"/orders/{number}/moves", body, key=key)


def test_a_move_is_taken_in_and_followed(shop: Shop, customer: Caller, number: str) -> None:
    answer = ask(shop, customer, number)
    told = answer.json
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == f"/api/v1/orders/{number}/moves/{number}-M1"
    assert (told["state"], told["order"], told["start"]) == ("requested", number, shop.at(14))
    assert told["before"] == told["after"] == {"amount": "30000", "currency": "KRW"}
    assert customer.get(f"/orders/{number}/moves/{number}-M1").json == told
    assert customer.get(f"/orders/{number}").json["lines"][0]["state"] == "moving"


def test_the_same_key_is_the_same_move(shop: Shop, customer: Caller, number: str) -> None:
    first = ask(shop, customer, number, key="once-and-again-1").json
    assert ask(shop, customer, number, key="once-and-again-1").json == first
    answer = ask(shop, customer, number, hour=15, key="once-and-again-1")
    assert answer.status_code == 422
    assert shop.count("moves") == 1


def test_dearer_needs_a_way_to_pay(shop: Shop, customer: Caller, number: str) -> None:
    shop.sql("UPDATE prices SET amount = 45000 WHERE unit = 'booking'")
    answer = ask(shop, customer, number)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["errors"]] == ["payment"]
    answer = ask(shop, customer, number, payment={"token": "pm_card_visa"})
    assert (answer.status_code, answer.json["after"]["amount"]) == (202, "45000")


def test_what_cannot_move(shop: Shop, customer: Caller, number: str) -> None:
    answer = ask(shop, customer, number, hour=10)
    assert (answer.status_code, answer.json["code"]) == (409, "same-time")
    shop.hold(shop.caller(), 14)
    answer = ask(shop, customer, number)
    assert (answer.status_code, answer.json["code"]) == (409, "slot-taken")
    assert ask(shop, customer, number, hour=15).status_code == 202
    answer = ask(shop, customer, number, hour=16)
    assert (answer.status_code, answer.json["code"]) == (409, "under-way")


def test_anothers_is_not_there(shop: Shop, customer: Caller, number: str) -> None:
    ask(shop, customer, number)
    other = shop.caller()
    assert other.get(f"/orders/{number}/moves/{number}-M1").status_code == 404
    body = {"line": line(customer, number), "start": shop.at(15)}
    assert other.post(f"/orders/{number}/moves", body).status_code == 404
