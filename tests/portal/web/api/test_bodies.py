"""Bad input, field by field: a clear message next to each, nothing changed, and never an error of ours."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from portal.kernel import clock
from portal.web.api.paging import cursor_of
from tests.portal.web.api.conftest import Caller, Shop

ID = "01900000-0000-7000-8000-000000000000"
SLOTS = "/products/studio-a/slots"
PAY = {"token": "pm_card_visa"}
Body = Callable[[Shop], Any]


def good(shop: Shop) -> dict[str, Any]:
    return {"product": shop.room, "start": shop.at(10)}


def changed(**fields: Any) -> Body:
    """A good hold with these fields instead; None leaves one out."""
    return lambda shop: {name: value for name, value in (good(shop) | fields).items() if value is not None}


def start(value: str) -> Body:
    return changed(start=value)


HOLDS: dict[str, tuple[Body, set[str]]] = {
    "nothing": (lambda _: {}, {"product", "start"}),
    "a list": (lambda _: [], {"body"}),
    "a word": (lambda _: "hold", {"body"}),
    "null": (lambda _: None, {"body"}),
    "no product": (changed(product=None), {"product"}),
    "product is a number": (changed(product=5), {"product"}),
    "product is empty": (changed(product=""), {"product"}),
    "product is too long": (changed(product="a" * 81), {"product"}),
    "product has odd letters": (changed(product="스튜디오"), {"product"}),
    "product ends in a line end": (changed(product="studio-a\n"), {"product"}),
    "product with half a letter": (changed(product="\ud800"), {"product"}),
    "unknown product": (changed(product="no-such-thing"), {"product"}),
    "goods": (changed(product="tea"), {"product"}),
    "a field nobody knows": (changed(colour="red"), {"colour"}),
    "an id of one's own choice": (changed(id=ID), {"id"}),
    "quantity in words": (changed(quantity="two"), {"quantity"}),
    "quantity as text": (changed(quantity="2"), {"quantity"}),
    "quantity is half": (changed(quantity=1.5), {"quantity"}),
    "quantity is true": (changed(quantity=True), {"quantity"}),
    "no quantity at all": (lambda shop: good(shop) | {"quantity": None}, {"quantity"}),
    "quantity 0": (changed(quantity=0), {"quantity"}),
    "quantity below 0": (changed(quantity=-1), {"quantity"}),
    "quantity of ten to the hundred": (changed(quantity=10**100), {"quantity"}),
    "more than there are": (changed(quantity=2), {"quantity"}),
    "start is a number": (changed(start=1_800_000_000), {"start"}),
    "start in words": (start("tomorrow"), {"start"}),
    "start without a zone": (start("2030-01-01T10:00:00"), {"start"}),
    "start is a day": (start("2030-01-01"), {"start"}),
    "start does not exist": (start("2030-02-30T10:00:00Z"), {"start"}),
    "start at the end of time": (start("9999-12-31T23:59:59-14:00"), {"start"}),
    "start before all time": (start("0001-01-01T00:00:00+14:00"), {"start"}),
    "start with a wild offset": (start("2030-01-01T10:00:00+99:99"), {"start"}),
    "start in the past": (start("2020-01-01T10:00:00Z"), {"start"}),
    "start far ahead": (start("2199-01-01T10:00:00Z"), {"start"}),
    "start off the grid": (lambda shop: good(shop) | {"start": shop.at(10).replace(":00:00+", ":07:00+")}, {"start"}),
    "end of another length": (lambda shop: good(shop) | {"end": shop.at(13)}, {"end"}),
    "end before the start": (lambda shop: good(shop) | {"end": shop.at(9)}, {"end"}),
    "free length without an end": (changed(product="kayak"), {"end"}),
    "everything at once": (lambda _: {"product": 1, "start": 2, "end": 3, "quantity": "4", "x": 5},
                           {"product", "start", "end", "quantity", "x"}),
}  # fmt: skip

ORDERS: dict[str, tuple[Any, set[str]]] = {
    "nothing": ({}, {"holds"}),
    "nothing in it": ({"holds": [], "goods": []}, {"holds"}),
    "holds is text": ({"holds": ID}, {"holds"}),
    "a hold that is no id": ({"holds": ["x"]}, {"holds.0"}),
    "a hold that is a number": ({"holds": [5]}, {"holds.0"}),
    "very many holds": ({"holds": [ID] * 51}, {"holds"}),
    "goods is a word": ({"goods": "tea"}, {"goods"}),
    "goods are words": ({"goods": ["tea"]}, {"goods.0"}),
    "goods of nothing": ({"goods": [{}]}, {"goods.0.product", "goods.0.quantity"}),
    "no tea": ({"goods": [{"product": "tea", "quantity": 0}]}, {"goods.0.quantity"}),
    "less than no tea": ({"goods": [{"product": "tea", "quantity": -3}]}, {"goods.0.quantity"}),
    "a hundred teas": ({"goods": [{"product": "tea", "quantity": 100}]}, {"goods.0.quantity"}),
    "more tea than there is": ({"goods": [{"product": "tea", "quantity": 6}], "payment": PAY}, {"goods"}),
    "tea twice": ({"goods": [{"product": "tea", "quantity": 1}] * 2}, {"goods.1.product"}),
    "a room as goods": ({"goods": [{"product": "studio-a", "quantity": 1}], "payment": PAY}, {"goods"}),
    "unknown goods": ({"goods": [{"product": "coffee", "quantity": 1}]}, {"goods.0.product"}),
    "points below 0": ({"goods": [{"product": "tea", "quantity": 1}], "points": -1}, {"points"}),
    "points in halves": ({"goods": [{"product": "tea", "quantity": 1}], "points": 0.5}, {"points"}),
    "points beyond counting": ({"goods": [{"product": "tea", "quantity": 1}], "points": 2**63}, {"points"}),
    "more points than owned": ({"goods": [{"product": "tea", "quantity": 1}], "points": 1001}, {"points"}),
    "nothing to pay with": ({"goods": [{"product": "tea", "quantity": 1}]}, {"payment"}),
    "payment is a token": ({"goods": [{"product": "tea", "quantity": 1}], "payment": "pm_card_visa"}, {"payment"}),
    "an empty token": ({"goods": [{"product": "tea", "quantity": 1}], "payment": {"token": ""}}, {"payment.token"}),
    "a token with a blank": ({"payment": {"token": "a b"}}, {"payment.token"}),
    "a token with a zero byte": ({"payment": {"token": "a\x00b"}}, {"payment.token"}),
    "a very long token": ({"payment": {"token": "x" * 256}}, {"payment.token"}),
    "a price of one's own": ({"goods": [{"product": "tea", "quantity": 1, "price": "1"}]}, {"goods.0.price"}),
    "a total of one's own": ({"holds": [ID], "total": {"amount": "1"}}, {"total"}),
    "somebody else": ({"holds": [ID], "account_id": ID}, {"account_id"}),
}

REFUNDS: dict[str, tuple[Any, set[str]]] = {
    "no reason": ({}, {"reason"}),
    "an empty reason": ({"reason": ""}, {"reason"}),
    "a blank reason": ({"reason": "  \n "}, {"reason"}),
    "a reason in numbers": ({"reason": 5}, {"reason"}),
    "a very long reason": ({"reason": "x" * 501}, {"reason"}),
    "a zero byte": ({"reason": "ill\x00"}, {"reason"}),
    "half a letter": ({"reason": "\ud800"}, {"reason"}),
    "no lines": ({"reason": "ill", "lines": []}, {"lines"}),
    "a line that is no id": ({"reason": "ill", "lines": ["first"]}, {"lines.0"}),
    "a line of another order": ({"reason": "ill", "lines": [ID]}, {"lines"}),
    "an amount of one's own": ({"reason": "ill", "amount": "1000000"}, {"amount"}),
}

QUERIES: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "limit 0": ("/orders", {"limit": 0}, {"limit"}),
    "limit 51": ("/points", {"limit": 51}, {"limit"}),
    "limit in words": ("/products", {"limit": "many"}, {"limit"}),
    "an unknown part": ("/products", {"sort": "price"}, {"sort"}),
    "a very long search": ("/products", {"q": "x" * 101}, {"q"}),
    "an unknown category": ("/products", {"category": "nowhere"}, {"category"}),
    "a cursor of nobody's": ("/products", {"cursor": "AAAA"}, {"cursor"}),
    "a cursor that is not base64": ("/orders", {"cursor": "é"}, {"cursor"}),
    "a cursor of another list": ("/orders", {"cursor": cursor_of(ID)}, {"cursor"}),
    "a cursor without a zone": ("/orders", {"cursor": cursor_of("2026-01-01", ID)}, {"cursor"}),
    "a cursor before all time": ("/orders", {"cursor": cursor_of("0001-01-01T00:00:00+14:00", ID)}, {"cursor"}),
    "a cursor that is no row": ("/points", {"cursor": "eA"}, {"cursor"}),
    "from no day": (SLOTS, {"from": "2026-13-01"}, {"from"}),
    "from a number": (SLOTS, {"from": "1800000000"}, {"from"}),
    "from the end of time": (SLOTS, {"from": "9999-12-31"}, {"from"}),
    "to before from": (SLOTS, {"from": "2026-12-02", "to": "2026-12-01"}, {"to"}),
    "63 days": (SLOTS, {"from": "2026-12-01", "to": "2027-02-01"}, {"to"}),
    "only a to, far ahead": (SLOTS, {"to": "2190-01-01"}, {"to"}),
    "quantity 0": ("/products/kayak/slots", {"quantity": 0}, {"quantity"}),
    "a length of nothing": ("/products/kayak/slots", {"minutes": 0}, {"minutes"}),
}  # fmt: skip


def expect(name: str, answer: Any, fields: set[str]) -> None:
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), (name, answer.text)
    assert {fault["field"] for fault in answer.json["errors"]} == fields, (name, answer.text)
    assert all(len(fault["message"]) > 8 and "Input" not in fault["message"] for fault in answer.json["errors"]), name


def test_holds(shop: Shop, customer: Caller) -> None:
    for name, (body, fields) in HOLDS.items():
        expect(name, customer.post("/holds", body(shop)) if name != "null" else null(customer), fields)
    assert shop.count("holds") == 0


def null(customer: Caller) -> Any:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    return customer.send("POST", "/holds", data="null", headers=headers)


def test_orders(shop: Shop, customer: Caller) -> None:
    shop.grant(customer.person, 1000)
    for name, (body, fields) in ORDERS.items():
        expect(name, customer.post("/orders", body), fields)
    assert (shop.count("orders"), shop.count("sagas")) == (0, 0)


def test_refunds(shop: Shop, customer: Caller) -> None:
    number = shop.completed(customer)
    for name, (body, fields) in REFUNDS.items():
        expect(name, customer.post(f"/orders/{number}/refunds", body), fields)
    assert shop.count("refunds") == 0


def test_queries(shop: Shop, customer: Caller) -> None:
    for name, (path, query, fields) in QUERIES.items():
        expect(name, customer.get(path, **query), fields)


UNREADABLE: dict[str, tuple[bytes, str, int]] = {
    "broken": (b'{"product": ', "application/json", 400),
    "empty": (b"", "application/json", 400),
    "not UTF-8": (b'{"product": "\xff"}', "application/json", 400),
    "brackets by the thousand": (b"[" * 50_000, "application/json", 400),
    "a number without end": (b'{"quantity": ' + b"9" * 5000 + b"}", "application/json", 400),
    "too large": (b'{"product": "' + b"a" * 70_000 + b'"}', "application/json", 413),
    "a form": (b"product=studio-a", "application/x-www-form-urlencoded", 415),
    "a file": (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
    "text": (b'{"product": "studio-a"}', "text/plain", 415),
    "of no type": (b'{"product": "studio-a"}', "", 415),
}


def test_what_cannot_be_read_is_said_so(shop: Shop, customer: Caller) -> None:
    for name, (body, kind, status) in UNREADABLE.items():
        headers = {"Idempotency-Key": "k", "Content-Type": kind}
        answer = customer.send("POST", "/holds", data=body, headers=headers)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), (name, answer.text)
        assert answer.json["code"], name
        assert answer.json["detail"], name


def test_a_call_that_costs_needs_a_key(shop: Shop, customer: Caller) -> None:
    number = shop.completed(customer)
    before = shop.count("holds")
    for path in ("/holds", "/orders", f"/orders/{number}/refunds"):
        answer = customer.send("POST", path, json={})
        assert (answer.status_code, answer.json["code"]) == (400, "idempotency-key-missing"), path
        for key in ("", " ", "a b", "k" * 201, "schlüssel", "\t"):
            answer = customer.send("POST", path, json={}, headers={"Idempotency-Key": key})
            assert (answer.status_code, answer.json["code"]) == (400, "idempotency-key-unusable"), (path, key)
    assert shop.count("holds") == before


def test_messages_speak_the_callers_language(shop: Shop, customer: Caller) -> None:
    answer = customer.send("GET", "/orders", query_string={"limit": 0}, headers={"Accept-Language": "ko"})
    assert answer.headers["Content-Language"] == "ko"


def test_unknown_addresses_and_methods_are_problems_too(shop: Shop, customer: Caller) -> None:
    for method, path, status in (
        ("GET", "/nowhere", 404),
        ("GET", "/orders/J-0000-0000", 404),
        ("GET", "/orders/../../etc", 404),
        ("GET", "/refunds/not-an-id", 404),
        ("DELETE", "/holds/5", 404),
        ("GET", "/products/no-such-thing", 404),
        ("GET", "/products/no-such-thing/slots", 404),
        ("DELETE", "/orders", 405),
        ("PUT", "/holds", 405),
    ):
        answer = customer.send(method, path)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), (method, path)
        assert {"type", "title", "status", "code", "detail"} <= answer.json.keys(), (method, path)


def test_a_moment_may_be_said_in_any_zone(shop: Shop, customer: Caller) -> None:
    utc = (shop.day + timedelta(hours=10)).astimezone(clock.now().tzinfo)
    answer = customer.post("/holds", {"product": shop.room, "start": utc.isoformat().replace("+00:00", "Z")})
    assert answer.status_code == 201
    assert answer.json["start"] == shop.at(10)
