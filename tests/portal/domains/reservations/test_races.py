"""Many at once: exactly what there is gets sold, nobody is thrown out, and everybody gets an answer in time."""

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from portal.domains import reservations
from portal.domains.reservations.holding import WAIT
from portal.kernel.db import Tx, transaction
from tests.portal.domains.reservations.racing import NOTHING_WRONG, Answer, race, wrongs
from tests.portal.domains.reservations.scene import HOUR, MORNING, Scene, scene, units

CROWD = 50
BOUND = WAIT.total_seconds() + 5  # the queue, and what two busy cores need for fifty threads
PATIENT = timedelta(seconds=60)


def prepared(database: Engine, *, taken: int = 0, **rules: Any) -> Scene:
    with transaction(database) as tx:
        made = scene(tx, **rules)
        if taken:
            made.hold(tx, who=-1, quantity=taken)
    return made


def sold(answers: list[Answer]) -> list[reservations.Hold]:
    return [answer.value for answer in answers if isinstance(answer.value, reservations.Hold)]


def kinds(answers: list[Answer]) -> Counter[str]:
    return Counter(type(answer.value).__name__ for answer in answers)


@pytest.mark.parametrize(("places", "taken"), [(1, 0), (12, 9)])
def test_fifty_for_the_last_places(database: Engine, places: int, taken: int) -> None:
    course = prepared(database, units=places, taken=taken, customers=CROWD + 1)
    answers = race(database, CROWD, lambda tx, n: course.hold(tx, who=n))
    assert sorted(unit for hold in sold(answers) for unit in units(hold)) == list(range(taken + 1, places + 1))
    assert kinds(answers).keys() <= {"Hold", "SlotTaken", "SlotBusy"}
    assert max(answer.seconds for answer in answers) < BOUND
    assert wrongs(database) == NOTHING_WRONG


def test_fifty_for_a_place_that_has_run_out_and_one_in_an_order(database: Engine) -> None:
    course = prepared(database, units=2, taken=1, customers=CROWD + 1)
    with transaction(database) as tx:
        ordered = course.hold(tx, who=-1, idempotency_key="another")
        reservations.bind(tx, account_id=course.accounts[-1], hold_ids=[ordered.id], order_id=ordered.id)
        tx.execute(text("UPDATE reservations SET expires_at = clock_timestamp() - interval '1 minute'"))
    answers = race(database, CROWD, lambda tx, n: course.hold(tx, who=n))
    assert [units(hold) for hold in sold(answers)] == [[1]]
    assert wrongs(database) == NOTHING_WRONG


def test_pairs_of_kayaks_with_overlapping_lengths(database: Engine) -> None:
    """480 wishes for two of ten kayaks. Nothing is given back, so who was refused must be refused afterwards too."""
    kayaks = prepared(database, units=10, length=60, max_length=240, customers=480)
    chance = random.Random(7)
    wishes = [(chance.randrange(24) / 2, chance.randrange(2, 9) / 2) for _ in range(480)]

    def wish(tx: Tx, n: int) -> reservations.Hold:
        hour, length = wishes[n]
        return kayaks.hold(tx, who=n, hour=hour, ends_at=MORNING + (hour + length) * HOUR, quantity=2, wait=PATIENT)

    answers = race(database, 24, wish, rounds=20)
    assert kinds(answers).keys() == {"Hold", "SlotTaken"}
    assert wrongs(database) == NOTHING_WRONG
    with transaction(database) as tx:
        refused = [n for n, answer in enumerate(answers) if isinstance(answer.value, reservations.SlotTaken)]
        for n in refused[::4]:
            with pytest.raises(reservations.SlotTaken):
                wish(tx, n)


def test_where_there_is_room_for_all_nobody_is_turned_away(database: Engine) -> None:
    """Twenty-four want two of forty-eight: without the queue they would reach for the same units, and most lose."""
    kayaks = prepared(database, units=48, length=60, max_length=240, customers=24)

    def wish(tx: Tx, n: int) -> reservations.Hold:
        ends_at = MORNING + (1 + n % 7 / 2) * HOUR
        return kayaks.hold(tx, who=n, ends_at=ends_at, quantity=2, wait=PATIENT)

    answers = race(database, 24, wish)
    assert sorted(unit for hold in sold(answers) for unit in units(hold)) == list(range(1, 49))
    assert wrongs(database) == NOTHING_WRONG


def test_everything_at_once(database: Engine) -> None:
    """Claims between holds that are let go, run out, are extended, ordered, given back, booked and cancelled."""
    kayaks = prepared(database, units=6, length=60, max_length=180, customers=16)

    def live(tx: Tx, n: int) -> Any:
        chance = random.Random(n)
        me = kayaks.accounts[n // 15]
        mine = list(tx.execute(text("SELECT id FROM holds WHERE account_id = :me ORDER BY id"), {"me": me}).scalars())
        hold_id = chance.choice(mine) if mine else None
        act = chance.choice(["hold"] * 6 + ["release", "lapse", "extend", "order", "unbind", "confirm", "cancel"])
        if hold_id is None or act == "hold":
            hour, length = chance.randrange(20) / 2, chance.randrange(2, 7) / 2
            ends_at, quantity = MORNING + (hour + length) * HOUR, chance.randrange(1, 4)
            return kayaks.hold(tx, who=n // 15, hour=hour, ends_at=ends_at, quantity=quantity, wait=PATIENT)
        if act == "release":
            return reservations.release(tx, account_id=me, hold_id=hold_id)
        if act == "lapse":
            over = "UPDATE reservations SET expires_at = clock_timestamp() WHERE hold_id = :id AND order_id IS NULL"
            return tx.execute(text(over), {"id": hold_id})
        if act == "extend":
            return reservations.extend(tx, account_id=me, hold_id=hold_id, now=MORNING - HOUR, minutes=15)
        if act == "order":
            chosen = chance.sample(mine, min(2, len(mine)))
            return reservations.bind(tx, account_id=me, hold_ids=chosen, order_id=chosen[0])
        if act == "unbind":
            return reservations.unbind(tx, hold_id, at_least=timedelta(minutes=5))
        if act == "confirm":
            return reservations.confirm(tx, hold_id)
        return reservations.cancel(tx, order_id=hold_id, hold_ids=[hold_id])

    answers = race(database, 16, live, rounds=15)
    refused = {"SlotTaken", "HoldEnded", "HoldOrdered", "NotFound"}
    assert kinds(answers).keys() - refused <= {"Hold", "list", "NoneType", "CursorResult"}
    assert len(sold(answers)) > 20
    assert wrongs(database) == NOTHING_WRONG


def test_the_end_of_a_hold_is_somebody_elses_beginning_never_both(database: Engine) -> None:
    """A checkout and four claims around the very moment a hold ends: one of them has the place, whoever it is."""
    outcomes: Counter[str] = Counter()
    for _ in range(12):
        studio = prepared(database, customers=5)
        with transaction(database) as tx:
            hold = studio.hold(tx)
            soon = "UPDATE reservations SET expires_at = clock_timestamp() + interval '60 ms' WHERE hold_id = :id"
            tx.execute(text(soon), {"id": hold.id})

        def act(tx: Tx, n: int, studio: Scene = studio, hold: reservations.Hold = hold) -> Any:
            tx.execute(text("SELECT pg_sleep(:s)"), {"s": random.uniform(0.0, 0.06)})
            if n:
                return studio.hold(tx, who=n)
            return reservations.bind(tx, account_id=studio.accounts[0], hold_ids=[hold.id], order_id=hold.id)

        answers = race(database, 5, act)
        bound = answers[0].value is None
        assert bound or isinstance(answers[0].value, reservations.HoldEnded)
        assert bound + len(sold(answers)) <= 1
        outcomes["bound" if bound else "claimed" if sold(answers) else "nobody"] += 1
    assert wrongs(database) == NOTHING_WRONG


@pytest.mark.parametrize("key", [None, "one"])
def test_twenty_clicks_at_once_are_one_hold(database: Engine, key: str | None) -> None:
    kayaks = prepared(database, units=3)
    answers = race(database, 20, lambda tx, _n: kayaks.hold(tx, idempotency_key=key, wait=PATIENT))
    assert len({hold.id for hold in sold(answers)}) == 1
    assert len(sold(answers)) == 20
    assert wrongs(database) == NOTHING_WRONG


def test_one_key_for_many_requests_at_once_is_one_hold_and_many_refusals(database: Engine) -> None:
    kayaks = prepared(database, units=3)
    answers = race(database, 8, lambda tx, n: kayaks.hold(tx, hour=24 * n, idempotency_key="one", wait=PATIENT))
    assert kinds(answers) == {"Hold": 1, "KeyReused": 7}
    assert wrongs(database) == NOTHING_WRONG
