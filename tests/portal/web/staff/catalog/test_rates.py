"""Staff see a product's prices through time, and say what it costs at some times."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from portal.domains import catalog
from portal.kernel import clock
from portal.kernel.db import Tx
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made

WEEKEND = {"rate-percent": "20", "rate-rank": "1", "rate-reason": "Most come then"}
DAYS = {"rate-weekdays": ["5", "6"]}


def test_a_rate_is_set_listed_and_ended_with_reasons(desk: Desk, made: Made, reading: Tx) -> None:
    product = made(lambda tx: factories.bookable(tx)).product
    path = f"/products/{product.id}"
    assert desk.post(f"{path}/rates", **WEEKEND, **DAYS).status_code == 303
    evening = {"rate-amount": "40000", "rate-since": "22:00", "rate-until": "02:00", "rate-weekdays": list("0123456")}
    assert desk.post(f"{path}/rates", **evening, **{"rate-rank": "2", "rate-reason": "Late"}).status_code == 303
    rates = catalog.rate_history(reading, product.id)
    assert [(row.rank, row.rate.weekdays, row.minutes.lower, row.minutes.upper) for row in rates] == [
        (1, frozenset({5, 6}), 0, 1440),
        (2, catalog.EVERY_DAY, 1320, 1560),
    ]
    assert rates[0].set_by == desk.person_id
    page = desk.get(f"{path}/prices").text
    assert all(
        words in page for words in ("Sat, Sun", "+20 %", "Most come then", "22:00 – 02:00", "₩40,000", "Park Jiwoo")
    )
    end = f"{path}/rates/{rates[0].id}/end"
    assert "End this price" in desk.get(end).text
    assert desk.post(end).status_code == 422
    assert desk.post(end, **{"why-reason": "Enough"}).status_code == 303
    assert desk.post(end, **{"why-reason": "Again"}).status_code == 409
    assert "Ended: Enough" in desk.get(f"{path}/prices").text
    assert desk.post(f"{path}/rates/{uuid4()}/end", **{"why-reason": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rate-percent": ""}, "Write how many percent more or less"),
        ({"rate-percent": "x"}, "Write a whole number."),
        ({"rate-amount": "5"}, "Either percent or an amount"),
        ({"rate-weekdays": []}, "Choose the days of the week."),
        ({"rate-weekdays": ["9"]}, "Choose the days of the week."),
        ({"rate-weekdays": ["x"]}, "Choose the days of the week."),
        ({"rate-since": "10:00", "rate-until": "10:00"}, "It has to end after it begins"),
        ({"rate-since": "late"}, "This is not a day or time."),
        ({"rate-first": "2026-07-01"}, "Say the last day too."),
        ({"rate-yearly": "1"}, "Say from which day to which it is every year."),
        ({"rate-rank": ""}, "This must be at least 1."),
        ({"rate-rank": "3"}, "Number 3 is taken since"),
        ({"rate-starts_at": "2020-01-01T10:00"}, "A price cannot begin in the past"),
        ({"rate-reason": ""}, "This cannot be empty."),
    ],
)
def test_a_fault_is_told_next_to_its_field_and_nothing_is_set(
    desk: Desk, made: Made, reading: Tx, change: dict[str, Any], told: str
) -> None:
    product = made(lambda tx: factories.bookable(tx)).product
    desk.post(f"/products/{product.id}/rates", **WEEKEND | DAYS | {"rate-rank": "3"})
    answer = desk.post(f"/products/{product.id}/rates", **WEEKEND | DAYS | change)
    assert answer.status_code == 422
    assert told in answer.text
    assert "field-error" in answer.text
    assert len(catalog.rate_history(reading, product.id)) == 1


def test_all_that_is_missing_is_told_at_once(desk: Desk, made: Made) -> None:
    product = made(lambda tx: factories.bookable(tx)).product
    page = desk.post(f"/products/{product.id}/rates", **DAYS, **{"rate-rank": "1"}).text
    assert "Write how many percent more or less" in page
    assert "This cannot be empty." in page


def test_a_reason_that_is_needed_is_not_called_optional(desk: Desk, made: Made) -> None:
    priced, new = made(lambda tx: (factories.bookable(tx).product, factories.product(tx, name="New", slug="new")))

    def label(path: str, field: str) -> str:
        return desk.get(f"/products/{path}").text.split(f'for="{field}"')[1].split("</label>")[0]

    assert "optional" not in label(f"{priced.id}/prices", "rate-reason") + label(f"{priced.id}/prices", "rate-rank")
    assert "optional" not in label(f"{priced.id}/rates/{uuid4()}/end", "why-reason")
    assert "optional" not in label(f"{priced.id}", "price-reason")
    assert "optional" in label(f"{new.id}", "price-reason")


def test_the_history_is_drawn_and_said_in_a_table(desk: Desk, made: Made) -> None:
    product = made(lambda tx: factories.bookable(tx)).product
    assert '<svg class="price-chart"' not in desk.get(f"/products/{product.id}/prices").text, "one price is no line"
    soon = (clock.now() + timedelta(days=40)).strftime("%Y-%m-%dT00:00")
    fields = {"price-amount": "50000", "price-unit": "booking", "price-starts_at": soon, "price-reason": "New lamps"}
    assert desk.post(f"/products/{product.id}/prices", **fields, version=1).status_code == 303
    page = desk.get(f"/products/{product.id}/prices").text
    assert '<svg class="price-chart"' in page
    assert 'role="img" aria-labelledby="price-chart-title price-chart-desc"' in page
    assert 'class="chart-line is-coming"' in page
    assert page.count("₩50,000") >= 3, "in the drawing, in the table, and in the log"
    assert "New lamps" in page
    assert "Park Jiwoo" in page


def test_goods_have_a_history_and_no_times(desk: Desk, made: Made) -> None:
    towel = made(lambda tx: factories.goods(tx))
    page = desk.get(f"/products/{towel.id}/prices")
    assert page.status_code == 200
    assert "rate-percent" not in page.text
    assert desk.post(f"/products/{towel.id}/rates", **WEEKEND, **DAYS).status_code == 422
