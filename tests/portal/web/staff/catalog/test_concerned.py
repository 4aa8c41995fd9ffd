"""Staff see whom it concerns before they close, set another clock or take hours away."""

from datetime import timedelta
from typing import Any

from portal.domains import reservations, resources
from portal.kernel import clock
from portal.kernel.db import Tx
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made


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
