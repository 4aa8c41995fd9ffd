"""Staff write resources: units, weeks, days of their own hours."""

from datetime import timedelta
from uuid import uuid4

import pytest

from portal.domains import reservations, resources
from portal.domains.resources import Hours
from portal.kernel import clock, words
from portal.kernel.db import Tx
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made


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
