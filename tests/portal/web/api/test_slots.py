"""Free times, on the venue's clock."""

from datetime import datetime, timedelta

from portal.kernel.db import transaction
from tests import factories
from tests.portal.web.api.conftest import Caller, Shop


def slots(shop: Shop, slug: str, **query: object) -> list[dict[str, object]]:
    asked = {name.rstrip("_"): value for name, value in query.items()}
    answer = shop.app.test_client().get(f"/api/v1/products/{slug}/slots", query_string=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json)


def test_a_slot_and_what_happens_to_it_when_it_is_held(shop: Shop, customer: Caller) -> None:
    day = shop.day.date().isoformat()
    wanted = {"start": shop.at(10), "end": shop.at(11), "available": 1, "price": {"amount": "30000", "currency": "KRW"}}
    told = slots(shop, "studio-a", from_=day, to=day)
    assert wanted in told
    assert len(told) == 48  # open day and night, and one begins every half hour
    shop.hold(customer, 10)
    taken = {slot["start"] for slot in slots(shop, "studio-a", from_=day, to=day) if not slot["available"]}
    assert taken == {shop.at(9)[:11] + "09:30:00+09:00", shop.at(10), shop.at(10)[:11] + "10:30:00+09:00"}


def test_several_for_longer(shop: Shop) -> None:
    day = shop.day.date().isoformat()
    told = slots(shop, "kayak", from_=day, to=day, quantity=2, minutes=120)
    assert told[0]["price"] == {"amount": "40000", "currency": "KRW"}
    first, last = (datetime.fromisoformat(str(told[0][name])) for name in ("start", "end"))
    assert last - first == timedelta(hours=2)


def test_the_offset_is_the_venues_on_either_side_of_a_clock_change(shop: Shop) -> None:
    with transaction(shop.engine) as tx:
        factories.bookable(tx, slug="paris", time_zone="Europe/Paris", horizon_days=700)
    told = slots(shop, "paris", from_="2027-03-27", to="2027-03-29")
    offsets = {str(slot["start"])[:10]: str(slot["start"])[-6:] for slot in told}
    assert offsets == {"2027-03-27": "+01:00", "2027-03-28": "+02:00", "2027-03-29": "+02:00"}


def test_a_week_from_today_unless_told_otherwise(shop: Shop) -> None:
    days = {str(slot["start"])[:10] for slot in slots(shop, "studio-a")}
    today = (shop.day - timedelta(days=3)).date()
    assert days == {(today + timedelta(days=n)).isoformat() for n in range(7)}
    only_until = {str(slot["start"])[:10] for slot in slots(shop, "studio-a", to=today.isoformat())}
    assert only_until == {today.isoformat()}


def test_two_months_at_once_are_the_most(shop: Shop) -> None:
    last = shop.day.date() + timedelta(days=61)
    assert len(slots(shop, "studio-a", from_=shop.day.date().isoformat(), to=last.isoformat())) == 62 * 48


def test_goods_have_none(shop: Shop) -> None:
    assert slots(shop, "tea") == []
