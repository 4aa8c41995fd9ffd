"""What cannot be paid for: told next to its field or as not there, and nothing half done."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.portal.web.customer.conftest import POINTS, Wares, form_of, hold, pay
from tests.support.nobody import NOBODY
from tests.support.shop import Browser, Shop


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"points": "abc"}, "Write a whole number"),
        ({"points": "-1"}, "Points start at 0."),
        ({"points": str(POINTS + 1)}, f"You have {POINTS} points."),
        ({"points": "9" * 30}, "Write a whole number"),
        ({"points": "1.5"}, "Write a whole number"),
        ({"payment": "pm_card_of_somebody"}, "Choose one of the cards."),
        ({"payment": ""}, "Choose how to pay the rest."),
        ({"payment": "x" * 100_000}, "Choose one of the cards."),
        ({"goods": "-1"}, "Write a whole number"),
        ({"goods": "two"}, "Write a whole number"),
        ({"goods": "11"}, "Only 10 of Linen towel are left."),
        ({"goods": "100"}, "Between 1 and 99, please."),
        ({"goods": "999999999999"}, "Write a whole number"),
    ],
)
def test_what_cannot_be_is_told_next_to_its_field(
    shop: Shop, me: Browser, wares: Wares, fields: dict[str, Any], told: str
) -> None:
    held = hold(me)
    sent = {f"goods-{wares.towel.id}" if name == "goods" else name: value for name, value in fields.items()}
    answer = pay(me, **sent)
    assert answer.status_code == 422
    assert told in answer.text
    assert form_of(answer.text)["hold"] == held
    assert shop.one("SELECT count(*) FROM orders") == shop.one("SELECT count(*) FROM sagas") == 0


def test_a_hold_that_ran_out_keeps_what_was_typed_and_offers_the_same_time_again(shop: Shop, me: Browser) -> None:
    held = hold(me)
    form = {**form_of(me.get("/checkout").text), "payment": "pm_card_visa", "points": "800"}
    expire(shop)
    answer = me.post("/checkout", form)
    assert answer.status_code == 409
    assert "no longer held for you" in answer.text
    assert "Hold it again" in answer.text
    assert shop.one("SELECT count(*) FROM orders") == 0
    action = answer.text.partition('formaction="/products/studio-a/holds?')[2].partition('"')[0].replace("&amp;", "&")
    again = me.post(f"/products/studio-a/holds?{action}", form)
    assert again.status_code == 303
    page = me.get(again.location).text
    assert 'value="800"' in page
    assert form_of(page)["hold"] != held


def test_a_hold_that_runs_out_while_the_page_is_open_is_told_in_place(shop: Shop, me: Browser) -> None:
    held = hold(me)
    expire(shop)
    answer = me.post("/checkout/places", {"hold": held, "points": "800"}, fragment=True)
    assert answer.status_code == 200
    assert "no longer held for you" in answer.text
    assert "<html" not in answer.text
    assert 'value="800"' in answer.text


def test_somebody_elses_hold_is_not_there(shop: Shop, me: Browser, stranger: Browser) -> None:
    theirs = hold(stranger)
    answer = me.post("/checkout", {"hold": theirs, "key": "k", "payment": "pm_card_visa"})
    assert answer.status_code == 404
    assert "Studio A" not in me.get(f"/checkout?hold={theirs}").text
    assert shop.one("SELECT count(*) FROM orders") == 0


@pytest.mark.parametrize("query", ["hold=nonsense", "goods-nonsense=1", f"goods-{NOBODY}=1"])
def test_ids_that_nobody_made_are_not_there(me: Browser, query: str) -> None:
    assert me.get(f"/checkout?{query}").status_code == 404


def test_a_product_that_is_booked_cannot_be_taken_along(me: Browser, wares: Wares) -> None:
    assert me.get(f"/checkout?goods-{wares.room.id}=1").status_code == 404


def expire(shop: Shop) -> None:
    """Every hold is over."""
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE reservations SET expires_at = now() - interval '1 minute'"))
