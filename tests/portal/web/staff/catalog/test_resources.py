"""Staff write resources: units, weeks, closures."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from portal.domains import reservations, resources
from portal.domains.resources import Hours
from portal.kernel import clock, words
from portal.kernel.db import Tx
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made

ALL_TIME = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def test_a_resource_is_made_and_told_when_it_is_open(desk: Desk, reading: Tx) -> None:
    assert "Nothing to book yet" in desk.get("/resources").text
    assert "Asia/Seoul" in desk.get("/resources/new").text
    made = desk.post("/resources", name="Kayaks", units="10", time_zone="Asia/Seoul", place="광안리")
    assert made.status_code == 303
    path = made.headers["Location"].removeprefix("/staff")
    week = {"week-day0": "09:00-12:00, 13:00-18:00", "week-day4": "18:00-02:00", "week-day6": ""}
    assert desk.post(f"{path}/hours", **week, version=1).status_code == 303
    kayaks = resources.find_resource(reading, "kayaks")
    assert kayaks is not None
    assert kayaks.units == 10
    assert resources.hours_of(reading, kayaks.id) == [Hours(0, 540, 720), Hours(0, 780, 1080), Hours(4, 1080, 1560)]
    page = desk.get(path).text
    assert 'value="09:00-12:00, 13:00-18:00"' in page
    assert 'value="18:00-02:00"' in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "This cannot be empty."),
        ({"units": "0"}, "This must be at least 1."),
        ({"units": "1001"}, "This must be at most 1000."),
        ({"time_zone": "Mars/Base"}, "Nobody knows this time zone."),
        ({"slug": "A B"}, "Use small letters"),
    ],
)
def test_a_fault_is_told_next_to_its_field(desk: Desk, made: Made, change: dict[str, str], told: str) -> None:
    room = made(lambda tx: factories.resource(tx, name="Room"))
    fields = {"name": "Hall", "units": "2", "time_zone": "Asia/Seoul", "version": "1", **change}
    for path in ("/resources", f"/resources/{room.id}"):
        answer = desk.post(path, **fields)
        assert answer.status_code == 422
        assert told in answer.text
    assert made(lambda tx: resources.get_resource(tx, room.id)).name == "Room"


@pytest.mark.parametrize(
    ("day", "times", "told"),
    [
        ("week-day0", "always", "«always» is not a time from and to"),
        ("week-day0", "09:00-12:00, 11:00-13:00", "This begins before the opening ahead of it has ended."),
        ("week-day0", "09:00-09:00", "«09:00-09:00» would be open for 24 hours."),
        ("week-day1", "25:00-26:00", "is not a time from and to"),
    ],
)
def test_a_faulty_day_is_told_and_the_old_week_stays(desk: Desk, made: Made, day: str, times: str, told: str) -> None:
    room = made(lambda tx: factories.resource(tx, hours=[(0, 540, 1080)]))
    answer = desk.post(f"/resources/{room.id}/hours", **{"week-day3": "10:00-11:00", day: times, "version": "1"})
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="10:00-11:00"' in answer.text
    assert made(lambda tx: resources.hours_of(tx, room.id)) == [Hours(0, 540, 1080)]


def test_a_whole_day_is_typed_from_midnight_and_one_that_is_kept_already_stays(
    desk: Desk, made: Made, reading: Tx
) -> None:
    room = made(lambda tx: factories.resource(tx, hours=[(4, 1080, 2520)]))
    page = desk.get(f"/resources/{room.id}").text
    assert 'value="18:00-18:00"' in page
    week = {"week-day0": "00:00-24:00", "week-day1": "00:00-00:00", "week-day4": "18:00-18:00"}
    assert desk.post(f"/resources/{room.id}/hours", **week, version=1).status_code == 303
    assert resources.hours_of(reading, room.id) == [Hours(0, 0, 1440), Hours(1, 0, 1440), Hours(4, 1080, 2520)]


def test_some_days_of_their_own_are_no_24_hours_by_mistyping(desk: Desk, made: Made, reading: Tx) -> None:
    room = made(factories.resource)
    answer = desk.post(
        f"/resources/{room.id}/dated-hours", **{"dated-first": "2099-05-05", "dated-day1": "09:00-09:00"}
    )
    assert answer.status_code == 422
    assert "day and night is 00:00-24:00" in answer.text
    assert resources.dated_hours_of(reading, room.id) == []


def test_two_editors_of_one_week_one_is_shown_both(desk: Desk, made: Made) -> None:
    room = made(lambda tx: factories.resource(tx))
    assert desk.post(f"/resources/{room.id}/hours", **{"week-day0": "09:00-10:00", "version": "1"}).status_code == 303
    answer = desk.post(f"/resources/{room.id}/hours", **{"week-day0": "11:00-12:00", "version": "1"})
    assert answer.status_code == 409
    assert "09:00-10:00" in answer.text
    assert "11:00-12:00" in answer.text
    late = desk.post(f"/resources/{room.id}", name="Mine", units="1", time_zone="Asia/Seoul", version="1")
    assert late.status_code == 409


def test_it_is_closed_for_days_or_hours_of_its_own_clock_and_opened_again(desk: Desk, made: Made) -> None:
    room = made(lambda tx: factories.resource(tx, time_zone="America/New_York"))
    path = f"/resources/{room.id}"
    days = {"closure-first": "2098-12-24", "closure-last": "2098-12-25", "closure-reason": "Holidays"}
    assert desk.post(f"{path}/closures", **days).status_code == 303
    hours = {
        "closure-first": "2098-12-26",
        "closure-last": "2098-12-26",
        "closure-starts": "09:00",
        "closure-ends": "12:30",
    }
    assert desk.post(f"{path}/closures", **hours).status_code == 303
    first, second = made(lambda tx: resources.closures_of(tx, room.id, within=ALL_TIME))
    assert (first.starts_at.isoformat(), first.ends_at.isoformat()) == (
        "2098-12-24T05:00:00+00:00",
        "2098-12-26T05:00:00+00:00",
    )
    assert (second.starts_at.hour, second.ends_at.hour, second.ends_at.minute) == (14, 17, 30)
    assert desk.post(f"{path}/closures/{first.id}/removal").status_code == 303
    assert desk.post(f"{path}/closures/{first.id}/removal").status_code == 404
    assert len(made(lambda tx: resources.closures_of(tx, room.id, within=ALL_TIME))) == 1


def test_closures_are_told_as_days_and_hours(desk: Desk, made: Made) -> None:
    room = made(lambda tx: factories.resource(tx))
    today = datetime.now(UTC).year + 1
    days = {"closure-first": f"{today}-02-06", "closure-last": f"{today}-02-09", "closure-reason": "설날"}
    desk.post(f"/resources/{room.id}/closures", **days)
    page = desk.get(f"/resources/{room.id}").text
    assert "설날" in page
    assert f"6 Feb {today} – " in page
    assert f"9 Feb {today}" in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"first": ""}, "This cannot be empty."),
        ({"first": "soon"}, "This is not a day or time."),
        ({"last": "infinity"}, "This is not a day or time."),
        ({"first": "9999-12-31", "last": "9999-12-31"}, "Choose a year between 2000 and 2100."),
        ({"last": "2098-12-01"}, "The last day cannot be before the first."),
        ({"starts": "12:00", "ends": "11:00"}, "It has to end after it starts."),
        ({"starts": "noon"}, "This is not a day or time."),
        ({"reason": "x" * 121}, "At most 120 characters"),
    ],
)
def test_a_faulty_closure_is_told_and_not_added(desk: Desk, made: Made, change: dict[str, str], told: str) -> None:
    room = made(lambda tx: factories.resource(tx))
    fields = {"first": "2098-12-24", "last": "2098-12-24", **change}
    answer = desk.post(f"/resources/{room.id}/closures", **{f"closure-{name}": text for name, text in fields.items()})
    assert answer.status_code == 422
    assert told in answer.text
    assert made(lambda tx: resources.closures_of(tx, room.id, within=ALL_TIME)) == []


def test_withdrawing_and_restoring(desk: Desk, made: Made) -> None:
    room = made(lambda tx: factories.resource(tx))
    assert desk.post(f"/resources/{room.id}/withdrawal", version=1).status_code == 303
    assert made(lambda tx: resources.get_resource(tx, room.id)).withdrawn_at is not None
    assert desk.post(f"/resources/{room.id}/restoration", version=2).status_code == 303
    assert made(lambda tx: resources.get_resource(tx, room.id)).withdrawn_at is None
    assert desk.get(f"/resources/{uuid4()}").status_code == 404


def test_what_stands_against_fewer_places_is_named_in_the_readers_language(desk: Desk, made: Made) -> None:
    kayaks = made(lambda tx: factories.bookable(tx, units=2, lead_time=0))
    start = (clock.now() + timedelta(days=2)).replace(hour=1, minute=0, second=0, microsecond=0)
    wish = {"account_id": desk.person_id, "product_id": kayaks.product.id, "starts_at": start, "quantity": 2}
    made(lambda tx: reservations.hold(tx, **wish, now=clock.now(), minutes=15))
    fields = {"name": "Kayaks", "units": "1", "time_zone": "Asia/Seoul", "version": "1"}
    path = f"/resources/{kayaks.resource.id}"
    answer = desk.post(path, **fields)
    assert answer.status_code == 422
    assert words.day(start, "Asia/Seoul") in answer.text
    desk.client.set_cookie("lang", "ko")
    assert words.day(start, "Asia/Seoul", "ko") in desk.post(path, **fields).text


def test_a_day_of_its_own_hours_is_listed_and_taken_back(desk: Desk, made: Made, reading: Tx) -> None:
    room = made(lambda tx: factories.resource(tx))
    typed = {"dated-first": "2099-05-05", "dated-day1": "10:00-12:00"}  # a Tuesday
    assert desk.post(f"/resources/{room.id}/dated-hours", **typed).status_code == 303
    assert "10:00-12:00" in desk.get(f"/resources/{room.id}").text
    assert len(resources.dated_hours_of(reading, room.id)) == 1
    for wrong in ({"dated-first": "2099-05-05"}, typed | {"dated-last": "2099-05-04"}, typed | {"dated-day1": "soon"}):
        assert desk.post(f"/resources/{room.id}/dated-hours", **wrong).status_code == 422
    gone = f"/resources/{room.id}/dated-hours/2099-05-05/2099-05-05/removal"
    assert desk.post(gone).status_code == 303
    reading.expire_all()
    assert resources.dated_hours_of(reading, room.id) == []
    assert desk.post(gone.replace("2099-05-05", "never")).status_code == 404


def test_what_is_booked_is_shown_before_it_is_closed_and_stays_booked(desk: Desk, made: Made, reading: Tx) -> None:
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)

    def booked(tx: Tx) -> Any:
        sold, account = factories.bookable(tx, name="Kiln hour"), factories.account(tx)
        wish: dict[str, Any] = {"account_id": account.id, "product_id": sold.product.id, "starts_at": start}
        reservations.hold(tx, **wish, minutes=15, now=clock.now())
        return sold

    sold = made(booked)
    day = start.astimezone(clock.zone("Asia/Seoul")).date().isoformat()
    closing = {"closure-first": day, "closure-last": day, "closure-reason": "Repairs"}
    first = desk.post(f"/resources/{sold.resource.id}/closures", **closing)
    assert (first.status_code, "Kiln hour" in first.text, "Nothing was changed yet" in first.text) == (409, True, True)
    everything = (start - timedelta(days=2), start + timedelta(days=2))
    assert resources.closures_of(reading, sold.resource.id, within=everything) == []
    again = desk.post(f"/resources/{sold.resource.id}/closures", **closing, anyway="1")
    assert again.status_code == 303
    assert len(resources.closures_of(reading, sold.resource.id, within=everything)) == 1
    assert len(reservations.within(reading, sold.resource.id, [everything])) == 1


def test_whom_it_concerns_is_shown_before_a_place_has_another_clock(desk: Desk, made: Made, reading: Tx) -> None:
    start = clock.now().replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(days=3)

    def booked(tx: Tx) -> Any:
        sold = factories.bookable(tx, name="Kiln hour", hours=[(n, 9 * 60, 18 * 60) for n in range(7)])
        wish: dict[str, Any] = {"account_id": factories.account(tx).id, "product_id": sold.product.id}
        reservations.hold(tx, **wish, starts_at=start, minutes=15, now=clock.now())
        return sold.resource

    room = made(booked)
    known = made(lambda tx: resources.get_resource(tx, room.id))
    fields = {"name": known.name, "slug": known.slug, "units": str(known.units), "version": str(known.version)}
    asked = desk.post(f"/resources/{room.id}", **fields, time_zone="America/New_York")
    assert (asked.status_code, "Kiln hour" in asked.text, "Nothing was changed yet" in asked.text) == (409, True, True)
    assert resources.get_resource(reading, room.id).time_zone == "Asia/Seoul"
    near = desk.post(f"/resources/{room.id}", **fields, time_zone="Asia/Tokyo")
    assert near.status_code == 303, "a clock that shows the same concerns nobody"
    fields["version"] = str(known.version + 1)
    assert desk.post(f"/resources/{room.id}", **fields, time_zone="America/New_York", anyway="1").status_code == 303


def test_whom_it_concerns_is_shown_before_the_hours_of_some_days_go(desk: Desk, made: Made, reading: Tx) -> None:
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    day = start.astimezone(clock.zone("Asia/Seoul")).date()

    def booked(tx: Tx) -> Any:
        sold, account = factories.bookable(tx, name="Kiln hour", hours=[]), factories.account(tx)
        hours = [resources.Hours(day.weekday(), 0, 1440)]
        resources.set_dated_hours(tx, sold.resource.id, day, day, hours, now=clock.now())
        wish = {"account_id": account.id, "product_id": sold.product.id, "starts_at": start, "minutes": 60}
        reservations.hold(tx, **wish, now=clock.now())  # type: ignore[arg-type]  # passed on as given
        return sold

    sold = made(booked)
    removal = f"/resources/{sold.resource.id}/dated-hours/{day}/{day}/removal"
    first = desk.post(removal)
    assert (first.status_code, "Kiln hour" in first.text, "Nothing was changed yet" in first.text) == (409, True, True)
    assert first.text.count(f'action="/staff{removal}"') == 1, "one button, under the list"
    assert len(resources.dated_hours_of(reading, sold.resource.id)) == 1
    assert desk.post(removal, anyway="1").status_code == 303
    reading.expire_all()
    assert resources.dated_hours_of(reading, sold.resource.id) == []
