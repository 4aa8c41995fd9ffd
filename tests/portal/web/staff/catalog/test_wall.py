"""The hour that does not exist is refused beside its field with its neighbours; of the one that comes twice staff say
which, without JavaScript; and whatever is refused, nothing is half done."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import Engine

from portal import create_app
from portal.config import Settings
from portal.domains import catalog, resources
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made
from tests.support import people

ALL_TIME = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
SPRING, AUTUMN = "2030-03-10", "2030-11-03"  # New York
NEIGHBOURS = "The clock never shows 02:30 on that day: it goes from 01:59 to 03:00."


def closing(day: str, starts: str, ends: str, **more: str) -> dict[str, str]:
    fields = {"first": day, "last": day, "starts": starts, "ends": ends, **more}
    return {f"closure-{name}": text for name, text in fields.items()}


@pytest.mark.parametrize(("starts", "ends"), [("02:30", "05:00"), ("01:00", "02:30")])
def test_an_hour_that_does_not_exist_is_refused_with_its_neighbours(
    desk: Desk, made: Made, starts: str, ends: str
) -> None:
    room = made(lambda tx: factories.resource(tx, time_zone="America/New_York"))
    answer = desk.post(f"/resources/{room.id}/closures", **closing(SPRING, starts, ends))
    field = "starts" if starts == "02:30" else "ends"
    assert answer.status_code == 422
    assert NEIGHBOURS in answer.text
    assert f'id="closure-{field}-error"' in answer.text
    assert made(lambda tx: resources.closures_of(tx, room.id, within=ALL_TIME)) == []


def test_of_an_hour_that_comes_twice_staff_say_which(desk: Desk, made: Made) -> None:
    room = made(lambda tx: factories.resource(tx, time_zone="America/New_York"))
    typed = closing(AUTUMN, "01:30", "04:00")
    asked = desk.post(f"/resources/{room.id}/closures", **typed)
    assert asked.status_code == 422
    assert "The clock shows 01:30 twice on that day." in asked.text
    assert 'name="closure-starts-which"' in asked.text
    assert "the first: EDT" in asked.text
    assert "the second: EST" in asked.text
    assert "closure-ends-which" not in asked.text
    for which, hour in (("first", 5), ("second", 6)):
        path = f"/resources/{room.id}/closures"
        assert desk.post(path, **typed, **{"closure-starts-which": which}).status_code == 303
        (closed,) = made(lambda tx: resources.closures_of(tx, room.id, within=ALL_TIME))
        assert (closed.starts_at.hour, closed.starts_at.minute) == (hour, 30)
        assert desk.post(f"{path}/{closed.id}/removal").status_code == 303
    nonsense = desk.post(f"/resources/{room.id}/closures", **typed, **{"closure-starts-which": "third"})
    assert nonsense.status_code == 422


@pytest.mark.parametrize(
    ("day", "times", "told"),
    [
        (SPRING, "02:30-12:00", NEIGHBOURS),
        (SPRING, "01:00-02:30", NEIGHBOURS),
        (AUTUMN, "01:30-12:00", "The clock shows 01:30 twice on that day. Choose a time that comes once."),
    ],
)
def test_a_day_of_its_own_hours_knows_its_clock(desk: Desk, made: Made, day: str, times: str, told: str) -> None:
    room = made(lambda tx: factories.resource(tx, time_zone="America/New_York"))
    path = f"/resources/{room.id}/dated-hours"
    answer = desk.post(path, **{"dated-first": day, "dated-day6": times})
    assert answer.status_code == 422
    assert told in answer.text
    assert made(lambda tx: resources.dated_hours_of(tx, room.id)) == []
    assert desk.post(path, **{"dated-first": day, "dated-day6": "00:00-24:00"}).status_code == 303
    season = {"dated-first": "2030-03-01", "dated-last": "2030-11-30", "dated-day6": times}
    assert desk.post(path, **season).status_code == 303, "a season keeps its hours"


@pytest.fixture
def lisbon(settings: Settings, database: Engine, app: Flask) -> Desk:
    """Staff of a house whose own clock changes."""
    client = create_app(settings.model_copy(update={"default_time_zone": "Europe/Lisbon"})).test_client()
    signed_in = people.sign_in(client, people.staff(database, "catalog"))
    return Desk(client, signed_in.csrf, signed_in.person.id)


@pytest.mark.parametrize("what", ["price", "rate"])
def test_prices_are_scheduled_on_a_clock_that_changes(lisbon: Desk, made: Made, what: str) -> None:
    product = made(lambda tx: factories.bookable(tx)).product
    fields = {"amount": "40000", "unit": "booking", "reason": "Test"}
    if what == "rate":
        fields |= {"rank": "1", "weekdays": "6"}
    path = f"/products/{product.id}/{what}s"
    typed = {f"{what}-{name}": text for name, text in fields.items()} | {"version": "1"}
    answer = lisbon.post(path, **typed, **{f"{what}-starts_at": "2030-03-31T01:30"})
    assert answer.status_code == 422
    assert "The clock never shows 01:30 on that day: it goes from 00:59 to 02:00." in answer.text
    twice = typed | {f"{what}-starts_at": "2030-10-27T01:30"}
    answer = lisbon.post(path, **twice)
    assert answer.status_code == 422
    assert f'name="{what}-starts_at-which"' in answer.text
    assert lisbon.post(path, **twice, **{f"{what}-starts_at-which": "second"}).status_code == 303
    read = catalog.price_history if what == "price" else catalog.rate_history
    latest = made(lambda tx: read(tx, product.id))[0]
    assert latest.valid.lower == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)
