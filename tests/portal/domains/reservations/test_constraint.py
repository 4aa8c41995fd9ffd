"""The database itself refuses what must never be stored: every statement here goes round the code."""

from datetime import timedelta

import pytest
from psycopg import errors as pg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.kernel.db import Tx
from tests.portal.domains.reservations.scene import MORNING, NOW, Scene, let_time_pass, scene
from tests.support.nobody import NOBODY

HALF = timedelta(minutes=30)
RAW = text("""
    INSERT INTO reservations (id, hold_id, resource_id, unit, account_id, during, status, expires_at, order_id)
    SELECT gen_random_uuid(), hold_id, :resource_id, :unit, account_id, CAST(:during AS tstzrange),
           :status, :expires_at, :order_id
    FROM reservations LIMIT 1
""")


@pytest.fixture
def studio(tx: Tx) -> Scene:
    """A room from nine to ten is held; it has two units, of which the first is taken."""
    studio = scene(tx, units=2)
    studio.hold(tx)
    return studio


def put(tx: Tx, studio: Scene, **values: object) -> None:
    free = {"during": span(1, 2), "unit": 1, "status": "PENDING", "expires_at": NOW, "order_id": None}
    tx.execute(RAW, {"resource_id": studio.resource_id} | free | values)


def span(start: float, end: float, bounds: str = "[)") -> str:
    begins, ends = (MORNING + timedelta(hours=hour) for hour in (start, end))
    return f"{bounds[0]}{begins.isoformat()},{ends.isoformat()}{bounds[1]}"


@pytest.mark.parametrize(
    "allowed",
    [
        {},
        {"during": span(-1, 0)},
        {"during": span(0, 1), "unit": 2},
        {"during": span(0, 1), "status": "CANCELLED"},
        {"status": "CONFIRMED", "order_id": NOBODY},
        {"expires_at": None, "order_id": NOBODY},
    ],
    ids=str,
)
def test_what_is_right_goes_in(tx: Tx, studio: Scene, allowed: dict[str, object]) -> None:
    put(tx, studio, **allowed)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"during": span(0, 1)}, pg.ExclusionViolation),
        ({"during": span(0.5, 0.6)}, pg.ExclusionViolation),
        ({"during": span(-1, 5)}, pg.ExclusionViolation),
        ({"during": span(0.99, 2)}, pg.ExclusionViolation),
        ({"during": span(1, 2, "[]"), "unit": 1, "status": "CONFIRMED", "order_id": None}, pg.CheckViolation),
        ({"during": span(-1, 0, "[]")}, pg.ExclusionViolation),
        ({"during": span(0, 1), "status": "CONFIRMED", "order_id": NOBODY}, pg.ExclusionViolation),
        ({"during": "empty"}, pg.CheckViolation),
        ({"during": span(1, 1)}, pg.CheckViolation),
        ({"during": f"[{MORNING.isoformat()},)"}, pg.CheckViolation),
        ({"during": f"(,{MORNING.isoformat()})"}, pg.CheckViolation),
        ({"during": "(,)"}, pg.CheckViolation),
        ({"during": f"[{MORNING.isoformat()},infinity)", "unit": 2}, pg.CheckViolation),
        ({"during": None}, pg.NotNullViolation),
        ({"unit": None}, pg.NotNullViolation),
        ({"unit": 99}, pg.ForeignKeyViolation),
        ({"unit": 0}, pg.ForeignKeyViolation),
        ({"unit": -1}, pg.ForeignKeyViolation),
        ({"resource_id": None}, pg.NotNullViolation),
        ({"resource_id": NOBODY}, pg.ForeignKeyViolation),
        ({"status": "PENDNG"}, pg.CheckViolation),
        ({"status": "pending"}, pg.CheckViolation),
        ({"status": None}, pg.NotNullViolation),
        ({"expires_at": None}, pg.CheckViolation),
        ({"status": "CONFIRMED"}, pg.CheckViolation),
    ],
    ids=str,
)
def test_what_is_wrong_does_not(tx: Tx, studio: Scene, wrong: dict[str, object], refusal: type[Exception]) -> None:
    with pytest.raises(DBAPIError) as error:
        put(tx, studio, **wrong)
    assert isinstance(error.value.orig, refusal)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE reservations SET unit = 1",
        "UPDATE reservations SET during = tstzrange(lower(during) - interval '1 hour', upper(during)) WHERE unit = 1",
        "UPDATE reservations SET status = 'PENDING' WHERE status = 'CANCELLED'",
    ],
)
def test_nor_does_it_come_in_by_a_change(tx: Tx, studio: Scene, change: str) -> None:
    put(tx, studio, during=span(0, 1), unit=2)
    put(tx, studio, during=span(-1, 0))
    put(tx, studio, during=span(0, 1), status="CANCELLED")
    with pytest.raises(DBAPIError) as error:
        tx.execute(text(change))
    assert isinstance(error.value.orig, pg.ExclusionViolation)


def test_a_unit_with_reservations_cannot_be_taken_away(tx: Tx, studio: Scene) -> None:
    with pytest.raises(DBAPIError) as error:
        tx.execute(text("DELETE FROM resource_units WHERE unit = 1"))
    assert isinstance(error.value.orig, pg.ForeignKeyViolation)


def test_even_what_has_run_out_blocks_until_a_claim_has_released_it(tx: Tx) -> None:
    """A constraint cannot ask the clock: this is why claiming releases first."""
    studio = scene(tx)
    let_time_pass(tx, studio.hold(tx))
    with pytest.raises(DBAPIError), tx.begin_nested():
        put(tx, studio, during=span(0, 1))
    assert studio.hold(tx, who=1)
