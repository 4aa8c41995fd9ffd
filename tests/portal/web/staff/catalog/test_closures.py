"""Staff close a resource, and open it again."""

from datetime import UTC, datetime

import pytest

from portal.domains import resources
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made

ALL_TIME = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


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
