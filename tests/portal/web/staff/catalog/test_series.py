"""Staff close again and again, adopt public holidays, and are shown whom each of these concerns first."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from portal.domains import reservations, resources
from portal.kernel import clock
from portal.kernel.db import Tx
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made

SEOUL = clock.zone("Asia/Seoul")
DAY = timedelta(days=1)
TODAY = clock.now().astimezone(SEOUL).date()


def closures(made: Made, room_id: Any) -> list[Any]:
    now = clock.now()
    return list(made(lambda tx: resources.closures_of(tx, room_id, within=(now - DAY, now + 900 * DAY))))


def booked(made: Made, day: date, hour: int = 10, **rules: Any) -> Any:
    """Something booked on this day at ten in Seoul."""
    start = datetime(day.year, day.month, day.day, hour, tzinfo=SEOUL)

    def book(tx: Tx) -> Any:
        sold = factories.bookable(tx, name="Kiln hour", horizon_days=700, **rules)
        wish: dict[str, Any] = {"account_id": factories.account(tx).id, "product_id": sold.product.id}
        reservations.hold(tx, **wish, starts_at=start, minutes=15, now=clock.now())
        return sold

    return made(book)


def every(weekday: int, **more: str) -> dict[str, Any]:
    fields = {"every": "week", "first": TODAY.isoformat(), "reason": "Rest", **more}
    return {f"series-{name}": text for name, text in fields.items()} | {"series-weekdays": [str(weekday)]}


def test_a_rule_is_added_listed_changed_and_ended(desk: Desk, made: Made) -> None:
    room = made(lambda tx: factories.resource(tx))
    path = f"/resources/{room.id}"
    assert desk.post(f"{path}/series", **every(0) | {"series-every": "first"}).status_code == 303
    assert 23 <= len(closures(made, room.id)) <= 25
    page = desk.get(path).text
    assert "First of the month: Monday" in page
    series_id = re.findall(r"/series/([^/]+)/end", page)[0]
    change = another(series_id, last=(TODAY + 70 * DAY).isoformat(), reason="Choir")
    assert desk.post(f"{path}/series/{series_id}", version=version(made, room.id), **change).status_code == 303
    assert 9 <= len(closures(made, room.id)) <= 11
    assert {one.reason for one in closures(made, room.id)} == {"Choir"}
    past = another(series_id, first="2020-01-01", last="2020-01-01")
    refused = desk.post(f"{path}/series/{series_id}", version=version(made, room.id), **past)
    assert refused.status_code == 422
    assert "What is over stays as it was." in refused.text
    assert "<details open>" in refused.text
    assert desk.post(f"{path}/series/{series_id}/end").status_code == 303
    assert closures(made, room.id) == []
    assert desk.post(f"{path}/series/{uuid4()}/end").status_code == 404
    assert desk.post(f"{path}/series/{uuid4()}").status_code == 404


def test_what_is_booked_is_shown_before_a_change_closes_it(desk: Desk, made: Made) -> None:
    day = TODAY + 20 * DAY
    sold = booked(made, day)
    path = f"/resources/{sold.resource.id}/series"
    assert desk.post(path, **every((day.weekday() + 1) % 7)).status_code == 303
    before = closures(made, sold.resource.id)
    series_id = re.findall(r"/series/([^/]+)/end", desk.get(f"/resources/{sold.resource.id}").text)[0]
    change = another(series_id, day.weekday(), reason="Choir") | {"version": version(made, sold.resource.id)}
    first = desk.post(f"{path}/{series_id}", **change)
    assert first.status_code == 409
    assert "Kiln hour" in first.text
    assert 'value="Choir"' in first.text, "what was typed is still there"
    assert closures(made, sold.resource.id) == before, "nothing half done"
    assert desk.post(f"{path}/{series_id}", **change, anyway="1").status_code == 303
    words = another(series_id, day.weekday(), reason="Rest") | {"version": version(made, sold.resource.id)}
    again = desk.post(f"{path}/{series_id}", **words)
    assert again.status_code == 303, "what was closed before is not asked about again"


def test_of_what_comes_again_the_next_weeks_are_listed_and_everything_else(desk: Desk, made: Made) -> None:
    room = made(lambda tx: factories.resource(tx))
    far = TODAY + 300 * DAY
    made(lambda tx: resources.close_days(tx, room.id, far, far, reason="Fair"))
    desk.post(f"/resources/{room.id}/series", **every(0))
    page = desk.get(f"/resources/{room.id}").text
    assert len(re.findall("/removal", page)) in (9, 10), "eight or nine Mondays and the fair"
    assert "Fair" in page
    assert len(re.findall("/removal", desk.get(f"/resources/{room.id}?closures=all").text)) > 100


def test_what_closes_all_the_same_is_told_when_a_closure_is_taken_back(desk: Desk, made: Made) -> None:
    room = made(lambda tx: factories.resource(tx))
    fair = made(lambda tx: resources.close_days(tx, room.id, TODAY + DAY, TODAY + 10 * DAY, reason="Fair"))
    desk.post(f"/resources/{room.id}/series", **every(0))
    desk.post(f"/resources/{room.id}/closures/{fair.id}/removal")
    assert "closes some of that time all the same" in desk.get(f"/resources/{room.id}").text


def another(series_id: str, weekday: int = 0, **more: str) -> dict[str, Any]:
    """What the form for a change sends."""
    return {name.replace("series-", f"again-{series_id}-", 1): value for name, value in every(weekday, **more).items()}


def version(made: Made, room_id: Any) -> str:
    return str(made(lambda tx: resources.get_resource(tx, room_id)).version)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"series-every": "year"}, "Choose how often."),
        ({"series-weekdays": []}, "Choose the days of the week."),
        ({"series-weekdays": ["x"]}, "Choose the days of the week."),
        ({"series-first": ""}, "This cannot be empty."),
        ({"series-first": "2020-01-01"}, "Choose today or a later day."),
        ({"series-last": "2020-01-01"}, "The last day cannot be before the first."),
        ({"series-starts": "10:00", "series-ends": "10:00"}, "It has to end after it starts."),
        ({"series-starts": "noon"}, "This is not a day or time."),
    ],
)
def test_a_faulty_rule_is_told_and_closes_nothing(desk: Desk, made: Made, change: dict[str, Any], told: str) -> None:
    room = made(lambda tx: factories.resource(tx))
    answer = desk.post(f"/resources/{room.id}/series", **every(0) | change)
    assert answer.status_code == 422
    assert told in answer.text
    assert closures(made, room.id) == []


def test_what_is_booked_is_shown_before_a_rule_closes_it(desk: Desk, made: Made) -> None:
    day = TODAY + 20 * DAY
    sold = booked(made, day)
    path = f"/resources/{sold.resource.id}/series"
    other = every((day.weekday() + 1) % 7)
    assert desk.post(path, **other).status_code == 303, "another weekday concerns nobody"
    count = len(closures(made, sold.resource.id))
    first = desk.post(path, **every(day.weekday()))
    assert first.status_code == 409
    assert "Kiln hour" in first.text
    assert "Nothing was changed yet" in first.text
    assert len(closures(made, sold.resource.id)) == count, "nothing half done"
    assert desk.post(path, **every(day.weekday()), anyway="1").status_code == 303
    assert len(closures(made, sold.resource.id)) > count


@pytest.mark.parametrize("dated", [False, True])
def test_hours_that_leave_a_booking_outside_show_it_first(desk: Desk, made: Made, dated: bool) -> None:
    day = TODAY + 20 * DAY
    sold = booked(made, day)
    version = made(lambda tx: resources.get_resource(tx, sold.resource.id)).version
    if dated:
        path, fields = "dated-hours", {"dated-first": day.isoformat(), f"dated-day{day.weekday()}": "12:00-18:00"}
    else:
        path, fields = "hours", {f"week-day{n}": "12:00-18:00" for n in range(7)}
    fields["version"] = str(version)
    before = made(lambda tx: resources.all_hours_of(tx, sold.resource.id))
    answer = desk.post(f"/resources/{sold.resource.id}/{path}", **fields)
    assert answer.status_code == 409
    assert "Kiln hour" in answer.text
    assert "12:00-18:00" in answer.text, "what was typed is still there"
    assert made(lambda tx: resources.all_hours_of(tx, sold.resource.id)) == before
    assert desk.post(f"/resources/{sold.resource.id}/{path}", **fields, anyway="1").status_code == 303
    wider = {name: text.replace("12:00-18:00", "13:00-18:00") for name, text in fields.items()}
    wider["version"] = str(int(version) + 1)
    again = desk.post(f"/resources/{sold.resource.id}/{path}", **wider)
    assert again.status_code == 303, "what was outside before is not asked about again"


def test_next_years_holidays_are_chosen_adopted_and_not_asked_about_again(desk: Desk, made: Made) -> None:
    year = TODAY.year + 1
    holiday = date(year, 3, 1)
    sold = booked(made, holiday, hour=11) if (holiday - TODAY).days < 690 else None
    assert sold
    path = f"/resources/{sold.resource.id}/holidays"
    page = desk.get(path).text
    days = re.findall(r'name="listed" value="([^"]+)"', page)
    assert len(days) >= 15
    assert all(day.startswith(str(year)) for day in days)
    assert "1 booking then" in page
    form = {"country": "KR", "region": "", "year": str(year), "listed": days}
    ticked = [day for day in days if day != f"{year}-05-05"]
    first = desk.post(path, **form, day=ticked)
    assert first.status_code == 409
    assert "Kiln hour" in first.text
    assert closures(made, sold.resource.id) == []
    assert ticks(first.text) == len(ticked), "what was unticked stays so"
    assert desk.post(path, **form, day=ticked, anyway="1").status_code == 303
    assert len(closures(made, sold.resource.id)) == len(ticked)
    assert "There is nothing new in this year." in desk.get(path).text
    everything = desk.get(f"{path}?all=1").text
    assert len(re.findall(r'name="listed"', everything)) == len(days)
    assert ticks(everything) == len(ticked)
    assert desk.post(path, **form | {"listed": ["2020-01-01"]}, day=[]).status_code == 422, "nothing to decide"


def test_every_holiday_says_how_much_is_booked_then(desk: Desk, made: Made) -> None:
    year = TODAY.year + 1
    first, second = datetime(year, 3, 1, 10, tzinfo=SEOUL), datetime(year, 5, 5, 10, tzinfo=SEOUL)

    def book(tx: Tx) -> Any:
        sold = factories.bookable(tx, units=60, horizon_days=700)
        for start in [*[first] * 51, second]:
            wish: dict[str, Any] = {"account_id": factories.account(tx).id, "product_id": sold.product.id}
            reservations.hold(tx, **wish, starts_at=start, minutes=15, now=clock.now())
        return sold.resource

    page = desk.get(f"/resources/{made(book).id}/holidays").text
    assert "51 bookings then" in page
    assert "1 booking then" in page, "however many there are on the days before"


def ticks(page: str) -> int:
    return len(re.findall(r'name="day" value="[^"]+" checked', page))


def test_of_other_countries_too_and_nonsense_shows_the_usual(desk: Desk, made: Made) -> None:
    room = made(lambda tx: factories.resource(tx, time_zone="Europe/Berlin"))
    path = f"/resources/{room.id}/holidays"
    year = TODAY.year + 1
    german = desk.get(path).text
    assert f'value="{year}-10-03"' in german, "a place in Berlin keeps German holidays"
    (region,) = re.findall('<select id="region"[^>]*>', german)
    assert "required" not in region, "a browser would not send the form for the whole country"
    assert f'value="{year}-01-06"' in desk.get(f"{path}?country=DE&region=BY").text
    assert desk.get(f"{path}?country=nonsense&region=x&year=9999").status_code == 200
    desk.client.set_cookie("lang", "ko")
    assert "독일" in desk.get(path).text
