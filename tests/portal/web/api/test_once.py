"""The same call sent again, later or at the same moment: done once, answered the same."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.portal.web.api.conftest import Caller, Shop


def at_once(many: int, send: Callable[[], TestResponse]) -> list[TestResponse]:
    """Sends from `many` threads that wait for each other first."""
    answers: list[TestResponse] = []
    start = threading.Barrier(many)

    def run() -> None:
        start.wait()
        answers.append(send())

    threads = [threading.Thread(target=run) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == many
    return answers


def on_its_own(caller: Caller) -> Caller:
    """The same caller with a client of its own: one client is not for many threads."""
    return Caller(caller.client.application.test_client(), caller.person, caller.token)


def same(answers: list[TestResponse]) -> bool:
    said = [(answer.status_code, answer.headers.get("Location"), answer.json) for answer in answers]
    return all(one == said[0] for one in said)


@pytest.fixture
def wishes(shop: Shop, customer: Caller) -> dict[str, tuple[str, Any, Any, int]]:
    """path, body, another body, status of each call that is repeatable; made from different hours."""
    paid = {"payment": {"token": "pm_card_visa"}}
    number = shop.completed(customer, 8)
    noon, later = ({"holds": [shop.hold(customer, hour)]} | paid for hour in (12, 14))
    return {
        "holds": (
            "/holds",
            {"product": "kayak", "start": shop.at(10), "end": shop.at(11)},
            {"product": "kayak", "start": shop.at(10), "end": shop.at(12)},
            201,
        ),
        "orders": ("/orders", noon, later, 202),
        "refunds": (f"/orders/{number}/refunds", {"reason": "I am ill."}, {"reason": "I am well."}, 202),
    }


@pytest.mark.parametrize("kind", ["holds", "orders", "refunds"])
def test_sent_again(shop: Shop, customer: Caller, wishes: dict[str, tuple[str, Any, Any, int]], kind: str) -> None:
    path, body, other, status = wishes[kind]
    before = shop.count(kind)
    answers = [customer.post(path, body, key="one") for _ in range(3)]
    assert answers[0].status_code == status
    assert same(answers)
    mismatch = customer.post(path, other, key="one")
    assert (mismatch.status_code, mismatch.json["code"]) == (422, "idempotency-mismatch")
    assert shop.count(kind) == before + 1


@pytest.mark.parametrize("kind", ["holds", "orders", "refunds"])
def test_ten_at_the_same_moment(
    shop: Shop, customer: Caller, wishes: dict[str, tuple[str, Any, Any, int]], kind: str
) -> None:
    path, body, _, status = wishes[kind]
    before = shop.count(kind)
    answers = at_once(10, lambda: on_its_own(customer).post(path, body, key="one"))
    assert {answer.status_code for answer in answers} == {status}
    assert same(answers)
    assert shop.count(kind) == before + 1


def test_ten_at_the_same_moment_with_keys_of_their_own(shop: Shop, customer: Caller) -> None:
    body = {"holds": [shop.hold(customer)], "payment": {"token": "pm_card_visa"}}
    answers = at_once(10, lambda: on_its_own(customer).post("/orders", body))
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 9
    assert shop.count("orders") == 1


def test_goods_alone_too(shop: Shop, customer: Caller) -> None:
    body = {"goods": [{"product": "tea", "quantity": 1}], "payment": {"token": "pm_card_visa"}}
    answers = at_once(6, lambda: on_its_own(customer).post("/orders", body, key="tea"))
    assert same(answers)
    assert shop.count("orders") == 1


def test_two_people_may_choose_the_same_key(shop: Shop, customer: Caller) -> None:
    body = {"product": "kayak", "start": shop.at(10), "end": shop.at(11)}
    ids = {caller.post("/holds", body, key="one").json["id"] for caller in (customer, shop.caller())}
    assert len(ids) == 2


def test_a_repeated_call_finds_its_order_although_the_product_is_gone(shop: Shop, customer: Caller) -> None:
    body = {"goods": [{"product": "tea", "quantity": 1}], "payment": {"token": "pm_card_visa"}}
    first = customer.post("/orders", body, key="tea")
    shop.sql("UPDATE products SET withdrawn_at = now() WHERE slug = 'tea'")
    assert same([first, customer.post("/orders", body, key="tea")])
    assert customer.post("/orders", body).status_code == 422


def test_what_was_refused_may_be_tried_again_under_its_key(shop: Shop, customer: Caller) -> None:
    other = shop.caller()
    taken = shop.hold(other)
    body = {"product": shop.room, "start": shop.at(10)}
    assert customer.post("/holds", body, key="one").status_code == 409
    other.delete(f"/holds/{taken}")
    assert customer.post("/holds", body, key="one").status_code == 201
