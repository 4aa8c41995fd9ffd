"""Holding: units are taken all or none, at the price of the moment, once for every wish."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from portal.domains import reservations, resources
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid, KeyReused
from tests import factories
from tests.portal.domains.reservations.scene import HOUR, MORNING, NOW, let_time_pass, scene, units
from tests.support.nobody import NOBODY


def test_a_hold_owns_one_unit_for_fifteen_minutes_at_the_price_of_now(tx: Tx) -> None:
    studio = scene(tx, amount=30000)
    hold = studio.hold(tx)
    assert (hold.starts_at, hold.ends_at, hold.amount, hold.currency) == (MORNING, MORNING + HOUR, 30000, "KRW")
    assert units(hold) == [1]
    clock = tx.execute(text("SELECT clock_timestamp()")).scalar_one()
    assert hold.expires_at is not None
    assert timedelta(minutes=14, seconds=50) < hold.expires_at - clock <= timedelta(minutes=15)
    assert hold.state_at(NOW) == "held"


def test_a_later_price_does_not_change_what_is_held(tx: Tx) -> None:
    studio = scene(tx, amount=30000)
    hold = studio.hold(tx)
    tx.execute(text("UPDATE prices SET amount = 99000"))
    assert reservations.hold_of(tx, studio.accounts[0], hold.id).amount == Decimal(30000)


@pytest.mark.parametrize(("unit", "amount"), [("booking", 1000), ("person", 3000), ("half_hour", 9000), ("hour", 6000)])
def test_the_price_is_the_total_of_units_and_time(tx: Tx, unit: str, amount: int) -> None:
    kayaks = scene(tx, units=5, length=60, max_length=180, amount=1000, price_unit=unit)
    assert kayaks.hold(tx, ends_at=MORNING + 1.5 * HOUR, quantity=3).amount == amount


def test_a_hold_for_four_owns_four_units_or_none(tx: Tx) -> None:
    kayaks = scene(tx, units=6)
    assert units(kayaks.hold(tx, quantity=4)) == [1, 2, 3, 4]
    with pytest.raises(reservations.SlotTaken):
        kayaks.hold(tx, who=1, quantity=4)
    assert units(kayaks.hold(tx, who=1, quantity=2)) == [5, 6]


def test_a_unit_must_be_free_throughout(tx: Tx) -> None:
    kayaks = scene(tx, units=2, length=60, max_length=180, customers=3)
    kayaks.hold(tx, who=0, hour=0, ends_at=MORNING + HOUR)
    kayaks.hold(tx, who=1, hour=0, ends_at=MORNING + 2 * HOUR)
    # One unit is free at any time, but unit 1 from ten, unit 2 from eleven.
    with pytest.raises(reservations.SlotTaken):
        kayaks.hold(tx, who=2, hour=0.5, ends_at=MORNING + 3.5 * HOUR)
    assert units(kayaks.hold(tx, who=2, hour=1, ends_at=MORNING + 3 * HOUR)) == [1]


def test_buffers_are_kept_free_on_both_sides(tx: Tx) -> None:
    massage = scene(tx, length=60, buffer_before=10, buffer_after=20, start_step=10)
    massage.hold(tx, hour=2)
    for hour in (0.5 + 10 / 60, 3 + 20 / 60):
        with pytest.raises(reservations.SlotTaken):
            massage.hold(tx, who=1, hour=hour)
    massage.hold(tx, who=1, hour=0.5)
    massage.hold(tx, who=1, hour=3.5)


def test_two_products_on_one_resource_never_collide(tx: Tx) -> None:
    short = factories.bookable(tx, length=60)
    long = factories.bookable(tx, length=90, on=short.resource)
    who = factories.account(tx).id
    times = {"account_id": who, "now": NOW, "minutes": 15}
    reservations.hold(tx, product_id=short.product.id, starts_at=MORNING + HOUR, **times)
    with pytest.raises(reservations.SlotTaken):
        reservations.hold(tx, product_id=long.product.id, starts_at=MORNING, **times)
    with pytest.raises(reservations.SlotTaken):
        reservations.hold(tx, product_id=long.product.id, starts_at=MORNING + 1.5 * HOUR, **times)
    reservations.hold(tx, product_id=long.product.id, starts_at=MORNING + 2 * HOUR, **times)


def test_what_has_run_out_is_free_for_others_and_gone_for_its_owner(tx: Tx) -> None:
    studio = scene(tx)
    late = studio.hold(tx)
    let_time_pass(tx, late)
    assert units(studio.hold(tx, who=1)) == [1]
    assert reservations.hold_of(tx, studio.accounts[0], late.id).state_at(NOW) == "ended"


def test_a_hold_in_an_order_does_not_run_out(tx: Tx) -> None:
    studio = scene(tx)
    hold = studio.hold(tx)
    reservations.bind(tx, account_id=studio.accounts[0], hold_ids=[hold.id], order_id=uuid4())
    let_time_pass(tx, hold)
    with pytest.raises(reservations.SlotTaken):
        studio.hold(tx, who=1)


def test_after_a_refusal_the_transaction_goes_on(tx: Tx) -> None:
    studio = scene(tx)
    studio.hold(tx)
    with pytest.raises(reservations.SlotTaken):
        studio.hold(tx, who=1)
    assert studio.hold(tx, who=1, hour=1)


def test_a_double_click_is_one_hold(tx: Tx) -> None:
    kayaks = scene(tx, units=5)
    first = kayaks.hold(tx)
    assert kayaks.hold(tx).id == first.id
    assert kayaks.hold(tx, who=1).id != first.id
    assert kayaks.hold(tx, hour=1).id != first.id


def test_the_only_unit_can_be_chosen_twice_by_who_has_it(tx: Tx) -> None:
    studio = scene(tx)
    assert studio.hold(tx).id == studio.hold(tx).id


def test_another_number_replaces_the_hold(tx: Tx) -> None:
    kayaks = scene(tx, units=3)
    two = kayaks.hold(tx, quantity=2)
    three = kayaks.hold(tx, quantity=3)
    assert units(three) == [1, 2, 3]
    assert [hold.id for hold in reservations.holds_of(tx, kayaks.accounts[0], NOW)] == [three.id]
    assert reservations.hold_of(tx, kayaks.accounts[0], two.id).state_at(NOW) == "ended"


def test_holds_that_are_read_together_have_each_its_own_units(tx: Tx) -> None:
    kayaks = scene(tx, units=6)
    made = [kayaks.hold(tx, who=0, hour=1, quantity=2).id, kayaks.hold(tx, who=1, quantity=3).id]
    made.append(kayaks.hold(tx, who=1, hour=1, quantity=1).id)
    tx.expunge_all()
    read = {hold.id: units(hold) for hold in reservations.holds(tx, made)}
    assert read == dict(zip(made, ([1, 2], [1, 2, 3], [3]), strict=True))


def test_another_number_that_is_too_many_leaves_the_hold_as_it_was(tx: Tx) -> None:
    kayaks = scene(tx, units=3)
    kayaks.hold(tx, who=1)
    two = kayaks.hold(tx, quantity=2)
    with pytest.raises(reservations.SlotTaken):
        kayaks.hold(tx, quantity=3)
    assert reservations.hold_of(tx, kayaks.accounts[0], two.id).state_at(NOW) == "held"


def test_the_same_key_and_request_is_the_same_hold_whatever_became_of_it(tx: Tx) -> None:
    studio = scene(tx)
    first = studio.hold(tx, idempotency_key="a")
    assert studio.hold(tx, idempotency_key="a").id == first.id
    reservations.release(tx, account_id=studio.accounts[0], hold_id=first.id)
    studio.hold(tx, who=1)
    assert studio.hold(tx, idempotency_key="a").id == first.id


def test_another_key_is_another_hold_and_keys_belong_to_people(tx: Tx) -> None:
    kayaks = scene(tx, units=3)
    made = {
        kayaks.hold(tx, idempotency_key="a").id,
        kayaks.hold(tx, idempotency_key="b").id,
        kayaks.hold(tx, who=1, idempotency_key="a").id,
    }
    assert len(made) == 3


@pytest.mark.parametrize("other", [{"hour": 1}, {"quantity": 2}, {"ends_at": MORNING + 2 * HOUR}])
def test_the_same_key_with_another_request_is_refused(tx: Tx, other: dict[str, Any]) -> None:
    kayaks = scene(tx, units=3, length=60, max_length=120)
    asked = {"ends_at": MORNING + HOUR, "idempotency_key": "a"}
    kayaks.hold(tx, **asked)
    with pytest.raises(KeyReused):
        kayaks.hold(tx, **asked | other)


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({"quantity": 0}, {"quantity"}),
        ({"quantity": 3}, {"quantity"}),
        ({"hour": -72}, {"start"}),
        ({"hour": 24 * 400}, {"start"}),
        ({"hour": 0.1, "ends_at": MORNING + 1.1 * HOUR}, {"start"}),
        ({"starts_at": MORNING.replace(tzinfo=None)}, {"start"}),
        ({"starts_at": datetime.max.replace(tzinfo=MORNING.tzinfo)}, {"start"}),
        ({"ends_at": MORNING + 1.25 * HOUR}, {"end"}),
        ({"ends_at": MORNING}, {"end"}),
        ({"ends_at": None}, {"end"}),
        ({"hour": 7, "ends_at": MORNING + 9 * HOUR}, {"end"}),
        ({"hour": 9, "ends_at": MORNING + 10 * HOUR}, {"start"}),
        ({"quantity": 9, "hour": 0.1}, {"quantity", "end"}),
        ({"product_id": NOBODY}, {"product"}),
    ],
    ids=lambda given: ", ".join(sorted(given)),
)
def test_every_fault_is_told_at_its_field_and_nothing_is_held(tx: Tx, asked: dict[str, Any], fields: set[str]) -> None:
    day = [(weekday, 540, 1020) for weekday in range(7)]  # nine to five
    kayaks = scene(tx, units=5, max_quantity=2, length=60, max_length=120, hours=day)
    with pytest.raises(Invalid) as fault:
        kayaks.hold(tx, **{"ends_at": MORNING + HOUR} | asked)
    assert fault.value.faults.keys() == fields
    assert tx.execute(text("SELECT count(*) FROM reservations")).scalar_one() == 0


@pytest.mark.parametrize(
    ("closes", "reopens", "shut"),
    [(-24 * 300, 0.5, True), (0.9, 24 * 300, True), (0.2, 0.4, True), (-24 * 300, 0, False), (1, 24 * 300, False)],
)
def test_while_it_is_closed_nothing_is_held(tx: Tx, closes: float, reopens: float, shut: bool) -> None:
    studio = scene(tx, length=60)
    resources.close_times(tx, studio.resource_id, MORNING + closes * HOUR, MORNING + reopens * HOUR)
    if shut:
        with pytest.raises(Invalid) as fault:
            studio.hold(tx)
        assert fault.value.faults.keys() == {"start"}
    else:
        assert studio.hold(tx)


@pytest.mark.parametrize(
    "spoilt",
    [
        "UPDATE products SET withdrawn_at = now()",
        "UPDATE categories SET withdrawn_at = now()",
        "UPDATE products SET published_at = NULL",
        "UPDATE resources SET withdrawn_at = now()",
        "DELETE FROM prices",
        "DELETE FROM offerings",
    ],
)
def test_what_is_not_on_sale_cannot_be_held(tx: Tx, spoilt: str) -> None:
    studio = scene(tx)
    tx.execute(text(spoilt))
    tx.expire_all()
    with pytest.raises(Invalid) as fault:
        studio.hold(tx)
    assert fault.value.faults.keys() == {"product"}
