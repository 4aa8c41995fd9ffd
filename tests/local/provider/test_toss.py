"""The face of Toss Payments: money is taken once, in time and as agreed to, and goes back in parts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import requests

from local.provider import Provider
from tests.local.provider.conftest import until

SECRET = "test_sk_x"


class Face:
    """What a shop sends to it, for one order."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.order = f"T-{uuid4().hex[:20]}-1"

    def post(self, path: str, body: dict[str, Any], *, key: str | None = None, secret: str = SECRET) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return requests.post(f"{self.provider.url}{path}", json=body, headers=headers, auth=(secret, ""), timeout=5)

    def get(self, path: str) -> Any:
        return requests.get(f"{self.provider.url}{path}", auth=(SECRET, ""), timeout=5)

    def authorise(self, amount: int = 30000, card: str = "pays") -> str:
        return self.provider.authorise(self.order, amount, card=card)

    def confirm(self, payment: str, amount: int = 30000, *, key: str | None = None) -> Any:
        body = {"paymentKey": payment, "orderId": self.order, "amount": amount}
        return self.post("/v1/payments/confirm", body, key=key)

    def cancel(self, payment: str, amount: int | None = None, *, key: str | None = None) -> Any:
        body = {"cancelReason": "test"} | ({} if amount is None else {"cancelAmount": amount})
        return self.post(f"/v1/payments/{payment}/cancel", body, key=key)

    def status(self, payment: str) -> str:
        return str(self.get(f"/v1/payments/{payment}").json()["status"])

    def taken(self) -> list[int]:
        books = self.provider.books()["payments"]
        return [
            p["amount_received"] for p in books if p["metadata"].get("order_id") == self.order and p["times_charged"]
        ]


@pytest.fixture
def face(provider: Provider) -> Iterator[Face]:
    yield Face(provider)
    provider.set(toss_confirm_ms=600_000, toss_ready_ms=1_800_000)


def test_an_authorised_payment_takes_nothing_until_it_is_confirmed(face: Face) -> None:
    payment = face.authorise()
    assert (face.status(payment), face.taken()) == ("IN_PROGRESS", [])

    done = face.confirm(payment).json()

    assert (done["status"], done["totalAmount"], done["orderId"]) == ("DONE", 30000, face.order)
    assert face.taken() == [30000]
    assert face.get(f"/v1/payments/orders/{face.order}").json()["paymentKey"] == payment


def test_the_same_key_is_answered_alike_whatever_the_body_says(face: Face) -> None:
    """Toss does not compare the body: a shop that uses one key for two payments gets the first one's answer."""
    first, key = face.authorise(), uuid4().hex
    said = face.confirm(first, key=key).json()
    other = Face(face.provider)

    again = other.confirm(other.authorise(), key=key).json()

    assert again == said
    assert other.taken() == []


def test_a_key_is_another_one_at_another_address(face: Face) -> None:
    payment, key = face.authorise(), uuid4().hex
    face.confirm(payment, key=key)
    assert face.cancel(payment, key=key).json()["status"] == "CANCELED"


def test_many_confirmations_at_once_take_the_money_once(face: Face) -> None:
    payment = face.authorise()
    with ThreadPoolExecutor(6) as pool:
        codes = sorted(pool.map(lambda _: face.confirm(payment).status_code, range(6)))
    assert (codes, face.taken()) == ([200, 400, 400, 400, 400, 400], [30000])
    assert face.confirm(payment).json()["code"] == "ALREADY_PROCESSED_PAYMENT"


def test_an_order_is_paid_once_however_many_windows_were_open(face: Face) -> None:
    one, two = face.authorise(), face.authorise()
    face.confirm(one)
    assert face.confirm(two).json()["code"] == "DUPLICATED_ORDER_ID"
    assert face.taken() == [30000]


def test_another_amount_than_the_customer_agreed_to_is_refused(face: Face) -> None:
    payment = face.authorise(100)
    assert face.confirm(payment, 30000).json()["code"] == "INVALID_REQUEST"
    assert face.taken() == []


def test_ten_minutes_later_the_authorisation_is_gone(face: Face) -> None:
    face.provider.set(toss_confirm_ms=50)
    payment = face.authorise()
    until(lambda: face.status(payment) == "EXPIRED")
    answer = face.confirm(payment)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND_PAYMENT_SESSION")
    assert face.taken() == []


@pytest.mark.parametrize(
    ("card", "code", "status"),
    [
        ("no_funds", "REJECT_CARD_PAYMENT", "ABORTED"),
        ("stopped", "INVALID_STOPPED_CARD", "ABORTED"),
        ("trouble", "PROVIDER_ERROR", "IN_PROGRESS"),
    ],
)
def test_a_card_that_does_not_pay_says_why(face: Face, card: str, code: str, status: str) -> None:
    payment = face.authorise(card=card)
    assert face.confirm(payment).json()["code"] == code
    assert (face.status(payment), face.taken()) == (status, [])


def test_money_goes_back_in_parts_and_never_beyond_what_was_paid(face: Face) -> None:
    payment = face.authorise()
    face.confirm(payment)

    part = face.cancel(payment, 10000, key="a" + face.order).json()
    again = face.cancel(payment, 10000, key="a" + face.order).json()

    assert part == again
    assert (part["status"], part["balanceAmount"]) == ("PARTIAL_CANCELED", 20000)
    assert part["cancels"][0]["transactionKey"] == part["lastTransactionKey"]
    assert face.cancel(payment, 20001).json()["code"] == "NOT_CANCELABLE_AMOUNT"
    rest = face.cancel(payment).json()
    assert (rest["status"], rest["balanceAmount"], len(rest["cancels"])) == ("CANCELED", 0, 2)
    assert face.cancel(payment).json()["code"] == "ALREADY_CANCELED_PAYMENT"


def test_what_was_never_paid_cannot_go_back(face: Face) -> None:
    assert face.cancel(face.authorise()).json()["code"] == "NOT_CANCELABLE_PAYMENT"


def test_every_movement_is_listed_in_its_order(face: Face) -> None:
    payment = face.authorise()
    face.confirm(payment)
    face.cancel(payment, 10000)
    span = "startDate=2020-01-01T00:00:00&endDate=2100-01-01T00:00:00&limit=10000"
    listed = face.get(f"/v1/transactions?{span}").json()
    ours = [(t["status"], t["amount"]) for t in listed if t["orderId"] == face.order]
    assert ours == [("DONE", 30000), ("PARTIAL_CANCELED", 10000)]
    after = face.get(f"/v1/transactions?{span}&startingAfter={listed[0]['transactionKey']}").json()
    assert after == listed[1:]
    assert face.get("/v1/transactions?startDate=x&endDate=y").status_code == 400


@pytest.mark.parametrize("secret", ["", "sk_test_x", "live_sk_x"])
def test_only_a_test_key_opens_the_door(face: Face, secret: str) -> None:
    answer = face.post("/v1/payments/confirm", {}, secret=secret)
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED_KEY")


@pytest.mark.parametrize(
    ("fault", "taken"),
    [
        ("cut_before", []),
        ("error_before", []),
        ("down", []),
        ("cut_after", [30000]),
        ("error_after", [30000]),
        ("timeout_after", [30000]),
        ("timeout_before", []),
        ("slow", [30000]),
    ],
)
def test_faults_strike_before_or_after_the_effect(face: Face, fault: str, taken: list[int]) -> None:
    payment, key = face.authorise(), uuid4().hex
    face.provider.fault("confirm", fault, times=1, seconds=0.2)
    try:
        assert face.confirm(payment, key=key).status_code == (200 if fault == "slow" else 500)
    except requests.ConnectionError:
        assert fault not in {"slow", "error_before", "error_after"}
    assert face.taken() == taken
    again = face.confirm(payment, key=key)
    assert again.status_code == (500 if fault == "error_after" else 200), "what was answered is answered again"
    assert face.taken() == [30000]


def test_the_window_sends_the_customer_back_with_what_the_shop_needs(face: Face) -> None:
    back = {"successUrl": "http://shop.example/back?n=1", "failUrl": "http://shop.example/back?n=1"}
    asked = {"amount": 30000, "orderId": face.order, "orderName": "A room", **back}
    ways = {"pay": "paymentKey=tpay", "decline": "code=REJECT_CARD_COMPANY", "close": "code=PAY_PROCESS_CANCELED"}
    for decision, told in ways.items():
        page = requests.get(f"{face.provider.url}/toss/window", params=asked, timeout=5)
        assert "A room" in page.text
        assert "₩30,000" in page.text
        answer = requests.post(page.url, data={"decision": decision}, timeout=5, allow_redirects=False)
        assert answer.headers["Location"].startswith("http://shop.example/back?n=1&")
        assert told in answer.headers["Location"]
        assert requests.post(page.url, data={"decision": "pay"}, timeout=5).status_code == 410, "once only"


def test_a_change_is_told_without_a_signature_until_it_is_thanked_for(face: Face, mailbox: Any) -> None:
    face.provider.set(toss_webhook_url=mailbox.url, toss_minute_ms=20)
    mailbox.answers += [500, 204]
    try:
        payment = face.authorise()
        face.confirm(payment)
        until(lambda: len(mailbox.posts) == 3)
        assert [signature for _, signature, _ in mailbox.posts] == [None, None, None]
        assert '"PAYMENT_STATUS_CHANGED"' in mailbox.posts[2][2]
    finally:
        face.provider.set(toss_webhook_url=None)


def test_its_orders_are_in_the_same_books(face: Face) -> None:
    payment = face.authorise()
    face.confirm(payment)
    face.cancel(payment, 100)
    books = face.provider.books()
    found = next(p for p in books["payments"] if p["id"] == payment)
    assert (found["amount_received"], found["amount_refunded"], found["face"]) == (30000, 100, "toss")
    assert found["metadata"]["order"] == face.order.removesuffix("-1")
    assert [r["amount"] for r in books["refunds"] if r["payment_intent"] == payment] == [100]
    assert requests.get(face.provider.url, timeout=5).status_code == 200
