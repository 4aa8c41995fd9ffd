"""Public holidays: the right days, each decided once, and only new ones asked about."""

from datetime import UTC, date, datetime

import pytest

from portal.domains import resources
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid
from tests import factories

YEAR = (datetime(2026, 12, 31, tzinfo=UTC), datetime(2028, 1, 2, tzinfo=UTC))


def days(country: str, year: int, region: str = "", language: str = "en") -> dict[str, str]:
    found = resources.public_holidays(country, region, year, language)
    return {f"{one.day:%m-%d}": one.name for one in found}


def test_korean_days_off_in_lieu_are_among_them() -> None:
    found = days("KR", 2027)
    lunar = {"02-06", "02-07", "02-08", "02-09"}
    assert lunar <= set(found), "Seollal on a Sunday: Tuesday is off in its place"
    assert "02-10" not in found
    assert {"08-15", "08-16"} <= set(found), "Liberation Day on a Sunday"
    assert {"10-09", "10-11"} <= set(found), "Hangeul Day on a Saturday"
    assert {"12-25", "12-27"} <= set(found), "Christmas on a Saturday"
    assert "05-13" in found, "the Buddha's birthday, by the moon"


def test_they_are_named_in_the_readers_language_where_it_is_known() -> None:
    assert days("KR", 2027, language="ko")["03-01"] == "삼일절"
    assert days("KR", 2027)["03-01"] == "Independence Movement Day"


def test_parts_of_a_country_have_days_of_their_own() -> None:
    assert "BY" in resources.regions("DE")
    assert "01-06" in days("DE", 2027, "BY")
    assert "01-06" not in days("DE", 2027)


@pytest.mark.parametrize(("country", "region"), [("XX", ""), ("", ""), ("DE", "ZZ"), ("kr", "")])
def test_what_is_not_known_has_none(country: str, region: str) -> None:
    assert resources.public_holidays(country, region, 2027) == ()


def test_every_known_country_can_be_asked() -> None:
    assert len(resources.countries()) > 100
    for country in ("KR", "JP", "PT", "US", "DE", "GB"):
        assert len(days(country, 2027)) >= 5, country


def test_each_is_decided_once(tx: Tx) -> None:
    room, today = factories.resource(tx), date(2027, 1, 1)
    found = resources.public_holidays("KR", "", 2027)
    named = {one.day: one.name for one in found}
    children = {date(2027, 5, 5): named.pop(date(2027, 5, 5))}
    resources.close_days(tx, room.id, date(2027, 3, 1), date(2027, 3, 1), reason="Inventory")
    spans = resources.adopt_holidays(tx, room.id, named, children)
    assert len(spans) == len(found) - 2, "one was declined, one closed already"
    closed = [one.reason for one in resources.closures_of(tx, room.id, within=YEAR)]
    assert "Inventory" in closed
    assert len(closed) == len(found) - 1
    left, decided = resources.undecided(tx, room.id, found, today=today)
    assert left == []
    assert [day for day, yes in decided.items() if not yes] == [date(2027, 5, 5)]
    new = (*found, resources.Holiday(date(2027, 7, 20), "A new day"))
    left, _ = resources.undecided(tx, room.id, new, today=today)
    assert [one.name for one in left] == ["A new day"]
    assert resources.undecided(tx, factories.resource(tx).id, found, today=date(2027, 12, 1))[0][0].day.month == 12
    assert resources.adopt_holidays(tx, room.id, children, {}), "a mind can be changed"


def test_nothing_to_decide_is_said(tx: Tx) -> None:
    with pytest.raises(Invalid):
        resources.adopt_holidays(tx, factories.resource(tx).id, {}, {})
