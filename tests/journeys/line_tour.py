"""Standing in line: the waiting list of a full time, the offer, and the queue in front of a rush."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import text

from portal.domains import catalog, identity, reservations, rushes, waiting
from portal.domains.rushes import Queue
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.ids import new_id
from portal.kernel.redis import client
from tests.journeys import acts
from tests.journeys.camera import Camera
from tests.journeys.house import House, wait_for

PRODUCT = "kimchi-kitchen"
RUSH = "harbour-lights"


def line_tour(house: House, camera: Camera, staff: Page, customer: Page) -> None:
    """From a full time to an offer, and through a queue."""
    week = fill_a_day(house)
    customer.goto(f"/products/{PRODUCT}?week={week}&quantity=2")
    customer.get_by_role("link", name=re.compile("Wait list")).first.click()
    expect(customer.get_by_role("heading", level=1)).to_have_text("Wait for this time")
    camera.take(customer, "waiting-join", "A full time: what waiting for it means, and for how many.")
    customer.get_by_role("button", name="Join the waiting list").click()
    expect(customer.get_by_text("Place 1 in line")).to_be_visible()
    camera.take(customer, "waiting", "My bookings, with what one waits for and one's place in the line.")
    _others_join(house)
    staff.goto("/staff/waiting")
    camera.take(staff, "staff-waiting", "Waiting lists for staff: who waits for what, and where in the line.")
    staff.locator("main table a").first.click()
    camera.take(staff, "staff-wait", "One entry; staff take somebody off with a reason.")
    let_go(house)
    wait_for(lambda: _offered(house), 30, "nobody was offered the place")
    customer.goto("/bookings")
    expect(customer.get_by_text("Free for you")).to_be_visible()
    camera.take(customer, "waiting-offer", "A place became free: it is held, to be taken or passed on.", dark=True)
    wait_for(lambda: _mailed(house), 30, "no mail was sent")
    staff.goto(house.mail.url)
    staff.get_by_role("link", name=re.compile("A place is free")).first.click()
    camera.take(staff, "mail-waiting-offer", "The mail with the offer.")
    _queue(house, camera, staff, customer)


def _queue(house: House, camera: Camera, staff: Page, customer: Page) -> None:
    _switch_on(house)
    customer.goto(f"/products/{RUSH}")
    camera.take(customer, "rush", "A product in a rush: its times are behind a queue.", at="#slots")
    customer.get_by_role("link", name="Get in line").click()
    expect(customer.locator(".queue-number")).to_be_visible()
    camera.take(customer, "queue", "One's place in the queue; the page looks again by itself.", dark=True)
    with transaction(house.engine) as tx:
        product = catalog.find_product(tx, RUSH)
    assert product
    staff.goto(f"/staff/products/{product.id}")
    camera.take(staff, "staff-rush", "The queue's switch: how many choose at once, for how long.", at="#rush")
    _switch_off(house)
    customer.wait_for_url(re.compile(f"/products/{RUSH}(#slots)?$"), timeout=20_000)
    expect(acts.free_slots(customer).first).to_be_visible()


def fill_a_day(house: House) -> str:
    """Two parties have every time of a day, the first with times from two weeks on; that day."""
    now = clock.now()
    with transaction(house.engine) as tx:
        product = catalog.find_product(tx, PRODUCT)
        assert product
        days = ((now + timedelta(days=ahead)).date() for ahead in range(15, 29))
        first = next(day for day in days if reservations.slots(tx, product.id, first=day, last=day, now=now))
        for email in ("customer2@example.com", "customer3@example.com"):
            account = identity.find_by_email(tx, email)
            assert account
            for slot in reservations.slots(tx, product.id, first=first, last=first, now=now):
                wish = {"account_id": account.id, "product_id": product.id, "starts_at": slot.start}
                if slot.available:
                    wish |= {"quantity": min(slot.available, 4), "minutes": 60, "idempotency_key": str(new_id())}
                    reservations.hold(tx, **wish, now=now)  # type: ignore[arg-type]  # as a wish
    return first.isoformat()


def _others_join(house: House) -> None:
    with transaction(house.engine) as tx:
        rows = tx.execute(text("SELECT product_id, starts_at FROM waiting_entries WHERE state = 'waiting'"))
        ((product_id, starts_at),) = rows.all()
        for number, email in enumerate(("customer3@example.com", "customer4@example.com"), 1):
            account = identity.find_by_email(tx, email)
            if account:
                wish = {"product_id": product_id, "starts_at": starts_at, "quantity": number}
                waiting.join(tx, account_id=account.id, now=clock.now(), **wish)


def let_go(house: House) -> None:
    over = """
        UPDATE reservations SET expires_at = clock_timestamp() WHERE hold_id IN (
            SELECT h.id FROM holds h JOIN waiting_entries w USING (product_id, starts_at)
            JOIN accounts a ON a.id = h.account_id AND a.email = 'customer2@example.com'
        )
    """
    with transaction(house.engine) as tx:
        tx.execute(text(over))


def _offered(house: House) -> bool:
    with transaction(house.engine) as tx:
        return bool(tx.execute(text("SELECT count(*) FROM waiting_entries WHERE state = 'offered'")).scalar_one())


def _mailed(house: House) -> bool:
    query = "SELECT count(*) FROM mails WHERE template = 'waiting_offer' AND state = 'sent'"
    with transaction(house.engine) as tx:
        return bool(tx.execute(text(query)).scalar_one())


def _switch_on(house: House) -> None:
    """One person chooses at a time, and somebody is inside already; others wait before our customer."""
    with transaction(house.engine) as tx:
        product, staff = catalog.find_product(tx, RUSH), identity.find_by_email(tx, "staff@example.com")
        assert product
        assert staff
        now = clock.now()
        rushes.set_rush(tx, product.id, 0, on=True, at_once=1, minutes=5, now=now, by=staff.id)
        terms = rushes.open_rush(tx, product.id)
    assert terms
    queue = Queue(client(house.redis_url))
    for _ in range(24):
        queue.look(terms, new_id(), arrived=0, until=0, now=clock.now())


def _switch_off(house: House) -> None:
    with transaction(house.engine) as tx:
        tx.execute(text("UPDATE rushes SET open = false"))
