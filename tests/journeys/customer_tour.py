"""The customer's way through the house, with a picture at every turn."""

from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from portal.domains import catalog, identity, reservations, resources
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.journeys import acts
from tests.journeys.camera import Camera
from tests.journeys.house import House

EMAIL = "customer@example.com"
DECLINED, CONFIRMED = "Practice card that is declined", "Practice card that asks you to confirm"


def customer_tour(house: House, camera: Camera, page: Page) -> None:
    """From the catalog to a refund that waits for a decision."""
    _browse(house, camera, page)
    _come_in(camera, page)
    _book(house, camera, page)
    _at_the_bank(house, camera, page)
    _keep(house, camera, page)


def _browse(house: House, camera: Camera, page: Page) -> None:
    page.goto("/")
    camera.take(page, "catalog", "What there is to book: search, categories, price, and what is free next.", dark=True)
    page.goto("/?q=helicopter")
    camera.take(page, "search-nothing", "A search that finds nothing, and the way on.")
    page.goto("/products/gwangalli-kayak")
    camera.take(page, "product", "A product: what it is, what it costs now and soon, when the money comes back.")
    camera.take(page, "slots", "A week of free times in the venue's time; one press holds.", dark=True, at="#slots")
    page.goto(f"/products/kimchi-kitchen?week={_fill_a_week(house, 'kimchi-kitchen')}")
    camera.take(
        page, "slots-full", "A week in which every time is taken: the next free day is one press away.", at="#slots"
    )
    page.goto("/products/travel-tea-set")
    camera.take(page, "product-goods", "Something to take along: a price, a stock, a number.")


def _come_in(camera: Camera, page: Page) -> None:
    page.goto("/sign-up")
    camera.take(page, "sign-up", "An account: name, address, password.")
    page.get_by_label("Name").fill("Seo Yun")
    page.get_by_label("E-mail").fill("yun@")
    page.get_by_label("Password").fill("short")
    page.locator("main form").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="Create account").click()
    expect(page.locator(".field-error").first).to_be_visible()
    camera.take(page, "sign-up-again", "The same after a mistake: what is wrong stands next to its field.")
    page.goto("/sign-in")
    camera.take(page, "sign-in", "Signing in.")
    acts.sign_in(page, EMAIL)
    page.goto("/products/lisbon-seven-hills")
    camera.take(page, "slots-abroad", "Times of another zone: the venue's first, the visitor's beside it.", at="#slots")


def _book(house: House, camera: Camera, page: Page) -> None:
    page.goto("/products/photo-studio")
    slot = acts.free_slots(page).first
    _take(house, "photo-studio", datetime.fromisoformat(slot.get_attribute("value") or ""))
    slot.click()
    expect(page.locator("#slots").get_by_role("alert")).to_be_visible()
    camera.take(page, "slot-taken", "Somebody was quicker: said at once, with the times as they are now.", at="#slots")
    acts.hold(page, "cedar-sauna")
    page.go_back()
    camera.take(page, "product-held", "While something is held, its countdown goes along on every product's page.")
    page.go_forward()
    page.get_by_label("Linen").fill("1")
    page.keyboard.press("Tab")
    expect(page.locator("#breakdown")).to_contain_text("₩56,000")
    page.get_by_label("Use points", exact=True).fill("6000")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Pay ₩50,000")).to_be_visible()
    camera.take(page, "checkout", "What is held and for how long, things to take along, points, the card.", dark=True)
    acts.pay(page, DECLINED)
    expect(page.locator("#payment .field-error")).to_be_visible()
    camera.take(page, "checkout-declined", "A declined card: said next to the card; hold and points are still there.")
    camera.take(
        page, "checkout-declined-field", "The same, further down: what the bank said, at the card.", at="#payment"
    )
    house.provider.fault("confirm", "slow", times=1, seconds=9)
    acts.pay(page)
    page.wait_for_url("**/orders/J-*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Asking your bank…")
    camera.take(page, "order-processing", "The order while it happens; the page follows by itself.")
    acts.paid(page)
    expect(page.locator(".story .is-done")).to_have_count(5)
    page.reload()
    camera.take(
        page, "order-confirmed", "The booking: place, both times, calendar file, money, points earned.", dark=True
    )


def _at_the_bank(house: House, camera: Camera, page: Page) -> None:
    acts.hold(page, "harbour-lights")
    acts.pay(page, CONFIRMED)
    page.wait_for_url("**/orders/J-*")
    expect(page.get_by_role("link", name="Confirm at your bank")).to_be_visible()
    camera.take(page, "order-awaiting-payment", "The bank wants to be asked: the place is kept until then.")
    page.get_by_role("link", name="Confirm at your bank").click()
    page.wait_for_url(f"{house.provider.url}/**")
    camera.take(page, "bank", "The practice bank's own page.")
    page.get_by_role("button", name="Refuse").click()
    page.wait_for_url(f"{house.url}/orders/J-*")
    expect(page.get_by_role("link", name="Back to paying")).to_be_visible()
    camera.take(page, "order-cancelled", "A payment that did not go through: nothing charged, the place still held.")
    page.get_by_role("link", name="Back to paying").click()
    acts.pay(page)
    acts.paid(page)


def _keep(house: House, camera: Camera, page: Page) -> None:
    page.goto("/bookings")
    camera.take(page, "bookings", "My bookings, soonest first.")
    page.goto("/points")
    camera.take(page, "points", "Points: how many, and every line that made it so.")
    number, _ = acts.book(page, "deep-rest-60", days_ahead=14, points=2_000)
    page.goto(f"/orders/{number}/refund")
    camera.take(page, "refund-request", "Giving a booking back: the exact amounts before anything is asked for.")
    page.get_by_label("Why?").fill("I caught a cold and would rather not pass it on.")
    page.get_by_role("button", name="Ask for it").click()
    page.wait_for_url(f"**/orders/{number}")
    camera.take(page, "refund-requested", "The refund tracker: asked for, and what comes next.")
    page.goto("/nothing-here")
    camera.take(page, "not-found", "A page that is not there.", dark=True)


def _take(house: House, slug: str, start: datetime) -> None:
    """Somebody else holds this time."""
    with transaction(house.engine) as tx:
        account, product = identity.find_by_email(tx, "customer3@example.com"), catalog.find_product(tx, slug)
        assert account
        assert product
        offering = resources.offering_of(tx, product.id)
        assert offering
        reservations.hold(
            tx,
            account_id=account.id,
            product_id=product.id,
            starts_at=start,
            ends_at=start + timedelta(minutes=offering.min_length),
            now=clock.now(),
            minutes=15,
        )


def _fill_a_week(house: House, slug: str) -> str:
    """Two parties of four hold every time of a week; the week's first day."""
    now = clock.now()
    first = (now + timedelta(days=21)).date()
    with transaction(house.engine) as tx:
        product = catalog.find_product(tx, slug)
        assert product
        week = reservations.slots(tx, product.id, first=first, last=first + timedelta(days=6), now=now)
        for email in ("customer2@example.com", "customer3@example.com"):
            account = identity.find_by_email(tx, email)
            assert account
            for slot in week:
                reservations.hold(
                    tx,
                    account_id=account.id,
                    product_id=product.id,
                    starts_at=slot.start,
                    quantity=4,
                    now=now,
                    minutes=60,
                )
    return first.isoformat()
