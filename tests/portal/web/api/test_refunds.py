"""Asking for a refund, and deciding about it."""

import pytest

from tests.portal.web.api.conftest import Caller, Shop
from tests.support import people


@pytest.fixture
def desk(shop: Shop) -> Caller:
    return shop.caller("staff:refunds", person=people.staff(shop.engine, "refunds"))


def ask(shop: Shop, customer: Caller, hour: int = 10) -> str:
    number = shop.completed(customer, hour)
    answer = customer.post(f"/orders/{number}/refunds", {"reason": "I am ill."})
    assert answer.status_code == 202, answer.text
    return str(answer.json["id"])


def test_a_refund_is_asked_for_and_followed(shop: Shop, customer: Caller) -> None:
    number = shop.completed(customer)
    answer = customer.post(f"/orders/{number}/refunds", {"reason": " I am ill. "})
    told = answer.json
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/v1/refunds/{told['id']}"
    assert (told["state"], told["amount"], told["order"]) == (
        "requested",
        {"amount": "30000", "currency": "KRW"},
        number,
    )
    assert customer.get(f"/refunds/{told['id']}").json == told


def test_some_of_it(shop: Shop, customer: Caller) -> None:
    number = shop.order(customer, goods=[{"product": "tea", "quantity": 2}])
    shop.sql("UPDATE orders SET state = 'completed'")
    tea = next(line for line in customer.get(f"/orders/{number}").json["lines"] if line["kind"] == "goods")
    answer = customer.post(f"/orders/{number}/refunds", {"reason": "Too much tea.", "lines": [tea["id"], tea["id"]]})
    assert (answer.status_code, answer.json["amount"]["amount"]) == (202, "12000")


def test_what_cannot_be_given_back(shop: Shop, customer: Caller) -> None:
    number = shop.order(customer)
    answer = customer.post(f"/orders/{number}/refunds", {"reason": "Not yet."})
    assert (answer.status_code, answer.json["code"]) == (409, "not-refundable")
    shop.sql("UPDATE orders SET state = 'completed'")
    assert customer.post(f"/orders/{number}/refunds", {"reason": "First."}).status_code == 202
    answer = customer.post(f"/orders/{number}/refunds", {"reason": "Second."})
    assert (answer.status_code, answer.json["code"]) == (409, "already-asked")
    assert shop.count("refunds") == 1


def test_anothers_refund_is_not_there(shop: Shop, customer: Caller) -> None:
    assert shop.caller().get(f"/refunds/{ask(shop, customer)}").status_code == 404


def test_approved_once_and_the_process_begins(shop: Shop, customer: Caller, desk: Caller) -> None:
    refund_id = ask(shop, customer)
    answer = desk.post(f"/staff/refunds/{refund_id}/approval")
    assert (answer.status_code, answer.json["state"]) == (202, "approved")
    assert desk.post(f"/staff/refunds/{refund_id}/approval").status_code == 409
    assert desk.post(f"/staff/refunds/{refund_id}/rejection", {"reason": "No."}).status_code == 409
    kinds = [(row.kind, row.key) for row in shop.sql("SELECT kind, key FROM sagas WHERE kind = 'refund'")]
    assert kinds == [("refund", refund_id)]


def test_taken_back_before_somebody_decided(shop: Shop, customer: Caller, desk: Caller) -> None:
    refund_id = ask(shop, customer)
    assert shop.caller().post(f"/refunds/{refund_id}/withdrawal").status_code == 404
    answer = customer.post(f"/refunds/{refund_id}/withdrawal")
    assert (answer.status_code, answer.json["state"]) == (200, "cancelled")
    answer = customer.post(f"/refunds/{refund_id}/withdrawal")
    assert (answer.status_code, answer.json["code"]) == (409, "already-decided")
    assert desk.post(f"/staff/refunds/{refund_id}/approval").status_code == 409


def test_turned_down_with_a_reason_that_the_customer_reads(shop: Shop, customer: Caller, desk: Caller) -> None:
    refund_id = ask(shop, customer)
    assert desk.post(f"/staff/refunds/{refund_id}/rejection", {"reason": ""}).status_code == 422
    answer = desk.post(f"/staff/refunds/{refund_id}/rejection", {"reason": "It was yesterday."})
    assert (answer.status_code, answer.json["state"]) == (200, "rejected")
    assert customer.get(f"/refunds/{refund_id}").json["decision_reason"] == "It was yesterday."
    (entry,) = shop.sql("SELECT actor_id FROM audit_entries WHERE action = 'refund.rejected'")
    assert entry.actor_id == desk.person.id
    assert shop.sql("SELECT template FROM mails")[0].template == "refund_rejected"


def test_a_customer_decides_nothing(shop: Shop, customer: Caller) -> None:
    refund_id = ask(shop, customer)
    for act in ("approval", "rejection"):
        assert customer.post(f"/staff/refunds/{refund_id}/{act}", {"reason": "Please."}).status_code == 403
    assert customer.get(f"/refunds/{refund_id}").json["state"] == "requested"


def test_no_refund_of_that_id(shop: Shop, desk: Caller) -> None:
    nobody = "01900000-0000-7000-8000-000000000000"
    assert desk.post(f"/staff/refunds/{nobody}/approval").status_code == 404
    assert desk.post(f"/staff/refunds/{nobody}/rejection", {"reason": "No."}).status_code == 404
    assert desk.post("/staff/refunds/7/approval").status_code == 404
