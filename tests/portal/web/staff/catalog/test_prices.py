"""Staff set prices: which are faulty, when they begin by the house's clock, and taking one back."""

from datetime import datetime
from uuid import uuid4

import pytest

from portal.domains import catalog
from portal.kernel.db import Tx
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount": ""}, "This cannot be empty."),
        ({"amount": "30,000"}, "Write an amount without commas"),
        ({"amount": "-1"}, "A price cannot be below zero."),
        ({"amount": "0.5"}, "KRW has no smaller unit"),
        ({"amount": "NaN"}, "Write an amount, such as 30000."),
        ({"unit": "piece"}, "The price of this is for one of"),
        ({"reason": ""}, "This cannot be empty."),
        ({"starts_at": "2020-01-01T10:00"}, "A price cannot begin in the past"),
        ({"starts_at": "0001-01-01T10:00"}, "Choose a year between 2000 and 2100."),
        ({"starts_at": "tomorrow"}, "This is not a day or time."),
        ({"ends_at": "2020-01-01T10:00"}, "The price has to end after it begins."),
        ({"starts_at": "2099-01-01T00:00"}, "A price of ₩40,000 begins at this very moment."),
    ],
)
def test_a_faulty_price_is_told_and_not_set(
    desk: Desk, made: Made, reading: Tx, change: dict[str, str], told: str
) -> None:
    product = made(lambda tx: factories.bookable(tx)).product
    first = {
        "price-amount": "40000",
        "price-unit": "person",
        "price-starts_at": "2099-01-01T00:00",
        "price-reason": "Test",
    }
    assert desk.post(f"/products/{product.id}/prices", **first, version=1).status_code == 303
    fields = {"amount": "30000", "unit": "booking", "reason": "Test", **change}
    answer = desk.post(
        f"/products/{product.id}/prices", **{f"price-{name}": text for name, text in fields.items()}, version=2
    )
    assert answer.status_code == 422
    assert told in answer.text
    assert product.name in answer.text
    assert len(catalog.price_history(reading, product.id)) == 2


def test_all_faults_of_a_first_price_are_told_at_once(desk: Desk, made: Made, reading: Tx) -> None:
    product = made(factories.product)
    first = {"price-amount": "", "price-unit": "booking", "price-starts_at": "2020-01-01T10:00"}
    answer = desk.post(f"/products/{product.id}/prices", **first, version=1)
    assert answer.status_code == 422
    assert "This cannot be empty." in answer.text
    assert "A price cannot begin in the past" in answer.text
    assert catalog.price_history(reading, product.id) == []


def test_times_of_a_price_are_those_of_the_house_and_it_can_be_taken_back(desk: Desk, made: Made) -> None:
    product = made(lambda tx: factories.bookable(tx)).product
    fields = {
        "price-amount": "50000",
        "price-unit": "booking",
        "price-starts_at": "2099-01-01T00:00",
        "price-reason": "Test",
    }
    desk.post(f"/products/{product.id}/prices", **fields, version=1)
    latest, before = made(lambda tx: catalog.price_history(tx, product.id))
    assert latest.valid.lower == datetime.fromisoformat("2099-01-01T00:00+09:00")
    assert "Scheduled" in desk.get(f"/products/{product.id}").text
    asked = f"/products/{product.id}/prices/{latest.id}/cancellation"
    assert "Take this price back" in desk.get(asked).text
    assert desk.post(asked).status_code == 422, "not without a reason"
    assert len(made(lambda tx: catalog.price_history(tx, product.id))) == 2
    why = {"why-reason": "Too dear"}
    assert desk.post(asked, **why).status_code == 303
    assert desk.post(f"/products/{product.id}/prices/{before.id}/cancellation", **why).status_code == 409
    assert desk.post(f"/products/{product.id}/prices/{uuid4()}/cancellation", **why).status_code == 404
    assert len(made(lambda tx: catalog.price_history(tx, product.id))) == 1
