"""One's points and the ledger behind them."""

from portal.domains import points
from portal.kernel.db import transaction
from tests.portal.web.api.conftest import Caller, Shop


def test_the_balance_and_what_made_it(shop: Shop, customer: Caller) -> None:
    shop.grant(shop.caller().person, 99)
    shop.grant(customer.person, 5000)
    number = shop.order(customer)
    (order,) = shop.sql("SELECT id FROM orders")
    with transaction(shop.engine) as tx:
        points.use(tx, "use:1", customer.person.id, order.id, 2000)
    told = customer.get("/points").json
    assert (told["balance"], told["available"], told["held"], told["next"]) == (3000, 3000, 0, None)
    assert [(entry["kind"], entry["points"], entry["order"]) for entry in told["entries"]] == [
        ("use", -2000, number),
        ("grant", 5000, None),
    ]


def test_pages_of_entries(shop: Shop, customer: Caller) -> None:
    for amount in (1, 2, 3, 4, 5):
        shop.grant(customer.person, amount)
    first = customer.get("/points", limit=3).json
    second = customer.get("/points", limit=3, cursor=first["next"]).json
    assert [entry["points"] for entry in first["entries"] + second["entries"]] == [5, 4, 3, 2, 1]
    assert second["next"] is None


def test_somebody_without_points(shop: Shop, customer: Caller) -> None:
    told = customer.get("/points").json
    assert told == {"balance": 0, "available": 0, "held": 0, "entries": [], "next": None}
