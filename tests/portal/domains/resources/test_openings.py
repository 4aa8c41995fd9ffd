"""Opening hours and closures as they are written."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from psycopg.errors import CheckViolation
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.domains import audit, resources
from portal.domains.resources import Hours
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid, NotFound
from tests import factories

DAY = timedelta(days=1)
ALL_TIME = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))


def naive(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_week_is_replaced_as_a_whole(tx: Tx) -> None:
    room, noise = factories.resource(tx), factories.resource(tx)
    week = [Hours(5, 600, 1080), Hours(0, 540, 1320), Hours(4, 1080, 1560)]
    resources.set_hours(tx, room.id, room.version, week)
    assert resources.hours_of(tx, room.id) == sorted(week)
    assert len(resources.hours_of(tx, noise.id)) == 7
    resources.set_hours(tx, room.id, room.version, [])
    assert resources.hours_of(tx, room.id) == []


def test_a_faulty_row_is_named_and_the_old_week_stays(tx: Tx) -> None:
    room = factories.resource(tx, hours=[(0, 540, 1080)])
    with pytest.raises(Invalid) as caught:
        resources.set_hours(tx, room.id, room.version, [Hours(0, 540, 720), Hours(1, 720, 600)])
    assert list(caught.value.faults) == ["hours-1"]
    assert resources.hours_of(tx, room.id) == [Hours(0, 540, 1080)]


def test_closed_days_last_from_midnight_to_midnight_of_the_place(tx: Tx) -> None:
    room = factories.resource(tx, time_zone="America/New_York")
    resources.close_days(tx, room.id, date(2026, 10, 31), date(2026, 11, 1), reason="Clocks change")
    (closed,) = resources.closures_of(tx, room.id, within=ALL_TIME)
    assert (closed.starts_at.isoformat(), closed.ends_at.isoformat(), closed.reason) == (
        "2026-10-31T04:00:00+00:00",
        "2026-11-02T05:00:00+00:00",
        "Clocks change",
    )


def test_closed_times_are_read_on_the_clock_of_the_place_unless_they_say_otherwise(tx: Tx) -> None:
    room = factories.resource(tx, time_zone="Asia/Seoul")
    resources.close_times(tx, room.id, naive("2026-12-01 09:00"), naive("2026-12-01 12:00"))
    resources.close_times(tx, room.id, naive("2026-12-01 12:00+00:00"), naive("2026-12-01 13:00+00:00"))
    spans = [(c.starts_at.hour, c.ends_at.hour) for c in resources.closures_of(tx, room.id, within=ALL_TIME)]
    assert spans == [(0, 3), (12, 13)]


def test_a_closure_over_another_is_refused_and_that_one_named(tx: Tx) -> None:
    room = factories.resource(tx)
    resources.close_days(tx, room.id, date(2026, 12, 24), date(2026, 12, 26), reason="Holidays")
    with pytest.raises(Invalid, match="Holidays") as caught:
        resources.close_days(tx, room.id, date(2026, 12, 26), date(2026, 12, 27))
    assert list(caught.value.faults) == ["first"]
    resources.close_days(tx, room.id, date(2026, 12, 27), date(2026, 12, 27))


@pytest.mark.parametrize(("days", "reason", "field"), [(-1, "", "last"), (367, "", "last"), (0, "x" * 121, "reason")])
def test_a_faulty_closure_names_its_field(tx: Tx, days: int, reason: str, field: str) -> None:
    room = factories.resource(tx)
    with pytest.raises(Invalid) as caught:
        resources.close_days(tx, room.id, date(2026, 12, 1), date(2026, 12, 1) + days * DAY, reason=reason)
    assert list(caught.value.faults) == [field]


def test_times_in_the_wrong_order_are_a_fault(tx: Tx) -> None:
    room = factories.resource(tx)
    with pytest.raises(Invalid) as caught:
        resources.close_times(tx, room.id, naive("2026-12-01 12:00"), naive("2026-12-01 12:00"))
    assert list(caught.value.faults) == ["ends"]


@pytest.mark.parametrize(
    "during",
    ["[2026-12-01,infinity)", "[-infinity,2026-12-01)", "[2026-12-01,)", "(,2026-12-01)", "empty"],
)
def test_a_closure_without_an_end_cannot_be_stored(tx: Tx, during: str) -> None:
    room = factories.resource(tx)
    values = "gen_random_uuid(), :id, CAST(:during AS tstzrange)"
    insert = f"INSERT INTO closures (id, resource_id, during) VALUES ({values})"  # our own words
    with pytest.raises(IntegrityError) as refused, tx.begin_nested():
        tx.execute(text(insert), {"id": room.id, "during": during})
    assert isinstance(refused.value.orig, CheckViolation)


def test_nor_is_one_taken_from_anybody(tx: Tx) -> None:
    room = factories.resource(tx)
    with pytest.raises(Invalid) as caught:
        resources.close_times(tx, room.id, naive("2026-12-01 12:00"), naive("9999-12-31 23:59"))
    assert list(caught.value.faults) == ["ends"]


def test_a_closure_can_be_taken_back_and_the_log_keeps_both(tx: Tx) -> None:
    room = factories.resource(tx)
    closure = resources.close_days(tx, room.id, date(2026, 12, 24), date(2026, 12, 24))
    resources.reopen(tx, closure.id)
    assert resources.closures_of(tx, room.id, within=ALL_TIME) == []
    assert [e.action for e in audit.entries_about(tx, "resource", room.id)] == ["closure.removed", "closure.added"]
    with pytest.raises(NotFound):
        resources.reopen(tx, closure.id)


def test_what_does_not_exist_is_not_found(tx: Tx) -> None:
    with pytest.raises(NotFound):
        resources.set_hours(tx, uuid4(), 1, [])
    with pytest.raises(NotFound):
        resources.close_days(tx, uuid4(), date(2026, 12, 1), date(2026, 12, 1))
