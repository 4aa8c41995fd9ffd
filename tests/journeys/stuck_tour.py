"""Money that got stuck, one case of each kind, and the cure of each, with a picture before and after."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.journeys import acts
from tests.journeys.camera import Camera
from tests.journeys.house import House, wait_for

PRODUCT = "rehearsal-room"
LONG_AGO = "UPDATE sagas SET failing_since = now() - interval '1 day', next_at = now() WHERE key = :key"


def stuck_tour(house: House, camera: Camera, staff: Page, customer: Page) -> None:
    """The provider misbehaves, the database refuses, and a person decides."""
    asked = _in_doubt(house, customer, "cut_after", 20)
    released = _in_doubt(house, customer, "cut_before", 21)
    settled = _in_doubt(house, customer, "cut_before", 22)
    broken = _cannot_complete(house, customer, 23)
    given_back = _cannot_complete(house, customer, 24)
    staff.goto("/staff/sagas")
    camera.take(staff, "staff-sagas", "Stuck money: what waits, why, since when, what happens next.", dark=True)
    staff.goto(f"/staff/sagas/payment/{asked}")
    camera.take(staff, "staff-saga", "One stuck payment: why it waits, what can be done, each step and each try.")
    _cure(staff, asked, "ask", "Their dashboard shows the payment.")
    _rests(house, asked, "done")
    _show(camera, staff, asked, "cure-ask", "Asked again, the provider knew the charge: the booking went through.")
    _cure(staff, released, "release", "The bank never saw it.")
    _rests(house, released, "compensated")
    _show(camera, staff, released, "cure-release", "Ended by hand: nothing had been charged, everything is back.")
    _cure(staff, settled, "settle", "Paid by bank transfer.", reference="Transfer 2026-1123")
    _rests(house, settled, "done")
    _show(camera, staff, settled, "cure-settle", "Settled outside: booked with the transfer's number.")
    _cure(staff, broken, "resume", "The database is well again.")
    _rests(house, broken, "done")
    _show(camera, staff, broken, "cure-resume", "A step that failed again and again goes on from where it stopped.")
    _cure(staff, given_back, "give_back", "The room has water damage.")
    _rests(house, given_back, "handed_over")
    _refunds_rest(house)
    staff.goto(f"/staff/orders/{given_back}")
    camera.take(staff, "cure-give-back", "Paid and impossible to complete: everything was given back, as a refund.")
    refund = _refund_in_doubt(house, staff, customer, asked)
    _cure(staff, refund, "anew", "Their dashboard has no such refund.", kind="refund")
    _rests(house, refund, "done")
    staff.goto(f"/staff/sagas/refund/{refund}")
    camera.take(staff, "cure-anew", "A refund nobody had heard of, sent again under a new key.")
    _differ(house, released)
    staff.goto("/staff/differences")
    camera.take(staff, "staff-differences", "Our books against the provider's: what differs and what to do.")


def _in_doubt(house: House, customer: Page, fault: str, days: int) -> str:
    """An order whose charge nobody knows the fate of, parked."""
    house.provider.fault("confirm", fault)
    house.provider.fault("retrieve", "error_before", times=500)
    house.provider.fault("search", "error_before", times=500)
    acts.hold(customer, PRODUCT, days_ahead=days)
    acts.pay(customer)
    customer.wait_for_url("**/orders/J-*")
    number = acts.NUMBER.findall(customer.url)[0]
    _park(house, str(number))
    house.provider.clear_faults()
    return str(number)


def _cannot_complete(house: House, customer: Page, days: int) -> str:
    """A paid order that the database does not let us complete, parked."""
    with _refusing(house):
        acts.hold(customer, PRODUCT, days_ahead=days)
        acts.pay(customer)
        customer.wait_for_url("**/orders/J-*")
        number = str(acts.NUMBER.findall(customer.url)[0])
        _park(house, number)
    return number


def _refund_in_doubt(house: House, staff: Page, customer: Page, number: str) -> str:
    """A refund that was cut off on its way out, and whose key the provider may have forgotten."""
    house.provider.fault("refund", "cut_before", times=500)
    house.provider.fault("retrieve", "error_before", times=500)
    customer.goto(f"/orders/{number}/refund")
    customer.get_by_label(re.compile("^Why")).first.fill("I cannot come.")
    customer.locator("main form button[type=submit]").last.click()
    expect(customer).to_have_url(re.compile(rf"/orders/{number}$"))
    refund = str(_one(house, "SELECT max(id::text) FROM refunds WHERE state = 'requested'"))
    staff.goto(f"/staff/refunds/{refund}")
    staff.get_by_role("button", name=re.compile("Approve")).click()
    _park(house, refund)
    house.provider.clear_faults()
    return refund


def _cure(staff: Page, key: str, act: str, reason: str, *, kind: str = "payment", reference: str = "") -> None:
    staff.goto(f"/staff/sagas/{kind}/{key}")
    form = staff.locator(f"#cure-{act}")
    if reference:
        form.locator("[name=reference]").fill(reference)
    form.locator("[name=reason]").fill(reason)
    form.get_by_role("button").click()
    staff.wait_for_load_state()


def _show(camera: Camera, staff: Page, number: str, name: str, shows: str) -> None:
    staff.goto(f"/staff/sagas/payment/{number}")
    camera.take(staff, name, shows)


def _park(house: House, key: str) -> None:
    """Waits until a step has failed, and lets a day pass."""

    def parked() -> bool:
        state, failing = _row(house, "SELECT state, failing_since FROM sagas WHERE key = :key", key=key)
        if state != "parked" and failing:
            _do(house, LONG_AGO, key=key)
        return bool(state == "parked")

    wait_for(parked, 60, f"{key} is not parked")


def _rests(house: House, key: str, state: str) -> None:
    query = "SELECT state FROM sagas WHERE key = :key"
    wait_for(lambda: _one(house, query, key=key) == state, 60, f"{key} does not become {state}")


def _refunds_rest(house: House) -> None:
    query = "SELECT count(*) FROM sagas WHERE kind = 'refund' AND state NOT IN ('done', 'compensated')"
    wait_for(lambda: _one(house, query) == 0, 60, "the refund does not end")


def _differ(house: House, number: str) -> None:
    """The bank took the money after all, a day later."""
    _do(
        house,
        "INSERT INTO differences (id, provider, kind, ref, number, ours, theirs, currency, moved_at) VALUES"
        " (gen_random_uuid(), 'stripe', 'charge_given_up_here', 'pi_3QK7hU2eZvKYlo2C', :number, 20000, 20000,"
        " 'KRW', now())",
        number=number,
    )


@contextmanager
def _refusing(house: House) -> Iterator[None]:
    """The database lets no order be completed."""
    _do(house, "ALTER TABLE orders ADD CONSTRAINT never CHECK (state <> 'completed') NOT VALID")
    try:
        yield
    finally:
        _do(house, "ALTER TABLE orders DROP CONSTRAINT never")


def _do(house: House, statement: str, **given: Any) -> None:
    with house.engine.begin() as connection:
        connection.execute(text(statement), given)


def _row(house: House, query: str, **given: Any) -> Any:
    with house.engine.connect() as connection:
        return connection.execute(text(query), given).one()


def _one(house: House, query: str, **given: Any) -> Any:
    return _row(house, query, **given)[0]
