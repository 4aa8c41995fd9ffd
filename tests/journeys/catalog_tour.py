"""Prices, hours, closures and attributes: what customers see of them and how staff write them, picture by picture."""

import re
from datetime import date, timedelta
from decimal import Decimal

from playwright.sync_api import Page, expect

from portal.domains import catalog, identity, reservations
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.journeys.camera import Camera
from tests.journeys.house import House

DAY = timedelta(days=1)


def catalog_tour(house: House, camera: Camera, staff: Page, customer: Page) -> None:
    """After the others: it changes prices and closes places. `staff` is signed in."""
    _lower(house, "bukchon-morning")
    _prices(camera, staff, customer)
    _months(camera, customer)
    _attributes(camera, staff, customer)
    _hold(house, "cedar-sauna")
    _times(camera, staff)


def _lower(house: House, slug: str) -> None:
    """A price that was lowered a week ago, until next month."""
    week_ago = clock.now() - 7 * DAY
    with transaction(house.engine) as tx:
        product = catalog.find_product(tx, slug)
        assert product
        price = catalog.price_at(tx, product.id, clock.now())
        assert price
        catalog.schedule_price(
            tx,
            product.id,
            amount=(price.amount * Decimal("0.8")).quantize(Decimal(1)),
            unit=price.unit,
            starts_at=week_ago,
            reason="Winter price",
            now=week_ago,
        )


def _hold(house: House, slug: str) -> None:
    """Somebody has something there in a week."""
    now = clock.now()
    day = (now + 7 * DAY).date()
    with transaction(house.engine) as tx:
        product, account = catalog.find_product(tx, slug), identity.find_by_email(tx, "customer3@example.com")
        assert product
        assert account
        free = reservations.slots(tx, product.id, first=day, last=day, now=now)
        wish = {"account_id": account.id, "product_id": product.id, "starts_at": free[2].start}
        reservations.hold(tx, **wish, now=now, minutes=120)  # type: ignore[arg-type]  # as a wish


def _prices(camera: Camera, staff: Page, customer: Page) -> None:
    customer.goto("/products/photo-studio")
    camera.take(customer, "slots-priced", "Other prices at some times: each start tells its own.", at="#slots")
    camera.take(customer, "price-by-time", "What it costs when: the first line that fits the start.", at="#by-time")
    customer.goto("/products/gwangalli-kayak")
    camera.take(customer, "price-history", "The prices that were, are and come, for everybody.", at="#history")
    customer.goto("/products/bukchon-morning")
    camera.take(customer, "price-lowered", "Beside a lower price: the lowest of the thirty days before.")
    staff.goto("/staff/products?q=Daylight")
    staff.get_by_role("link", name="Daylight Photo Studio").first.click()
    staff.wait_for_url("**/staff/products/*")
    product = staff.url
    staff.goto(f"{product}/prices")
    camera.take(staff, "staff-rates", "Prices at some times: which counts, who set it, why.", at="#rates")
    staff.locator("#rates").get_by_role("button", name="Set this price").click()
    expect(staff.locator("#rates .field-error").first).to_be_visible()
    camera.take(
        staff, "staff-rates-again", "The same after a mistake: beside the field, nothing set.", at="#rates form"
    )
    staff.goto("/staff/products?q=Kayak")
    staff.get_by_role("link", name=re.compile("Kayak")).first.click()
    staff.wait_for_url("**/staff/products/*")
    staff.goto(f"{staff.url}/prices")
    camera.take(staff, "staff-price-history", "Prices through time: a line and a table, who and why.", dark=True)
    staff.get_by_role("link", name="Take back").first.click()
    camera.take(staff, "staff-price-why", "Taking a price back asks why.")


def _months(camera: Camera, customer: Page) -> None:
    customer.goto("/products/photo-studio/month")
    camera.take(customer, "month", "A month: a word for each day, and from which price, where days differ.", dark=True)


def _attributes(camera: Camera, staff: Page, customer: Page) -> None:
    customer.goto("/?category=studios&a.size.from=20")
    camera.take(customer, "filters", "A category narrowed by what is known about its products.")
    staff.goto("/staff/categories")
    staff.get_by_role("link", name="Studios").first.click()
    staff.get_by_role("link", name="Size").first.click()
    staff.wait_for_url("**/staff/attributes/*")
    camera.take(staff, "staff-attribute", "One attribute of a category: what it is, where it is shown.")
    staff.goto("/staff/products?q=Deep")
    staff.get_by_role("link", name=re.compile("Deep")).first.click()
    staff.wait_for_url("**/staff/products/*")
    camera.take(staff, "staff-parts", "Who and what else a booking takes.", at="#parts")


def _times(camera: Camera, staff: Page) -> None:
    staff.goto("/staff/resources")
    staff.get_by_role("link", name="Sauna cabins").first.click()
    staff.wait_for_url("**/staff/resources/*")
    place = staff.url
    soon = (clock.now() + DAY).date()
    dated = staff.locator("#dated")
    dated.get_by_label("From").fill(f"{soon.year + 1}-07-01")
    dated.get_by_label("To").fill(f"{soon.year + 1}-08-31")
    for day in ("Friday", "Saturday", "Sunday"):
        dated.get_by_label(day).fill("10:00-23:30")
    dated.get_by_role("button", name="Save these hours").click()
    expect(staff.locator("#dated table")).to_be_visible()
    camera.take(staff, "staff-dated-hours", "Other hours on some days: a day of its own, or a season.", at="#dated")
    closures = staff.locator("#closures")
    closures.get_by_label("From").fill(soon.isoformat())
    closures.get_by_label("To", exact=True).fill((soon + 20 * DAY).isoformat())
    closures.get_by_label("Why").fill("New benches")
    closures.get_by_role("button", name="Close it").click()
    expect(closures.get_by_role("alert")).to_be_visible()
    camera.take(staff, "staff-closure-concerns", "Whom a closure concerns, before it is made.", at="#closures form")
    staff.goto(place)
    series = staff.locator("#series")
    series.get_by_label("How often").select_option("first")
    series.get_by_label("Monday").check()
    series.get_by_label("From").fill((soon + 60 * DAY).isoformat())
    series.get_by_label("Why").fill("Boiler service")
    series.get_by_role("button", name="Close it again and again").click()
    expect(staff.locator("#series .again")).to_be_visible()
    camera.take(staff, "staff-series", "Closures that come again, and when they end.", at="#series")
    staff.goto(f"{place}/holidays")
    camera.take(staff, "staff-holidays", "Next year's public holidays: untick what stays open.")
    staff.goto("/staff/resources")
    staff.get_by_role("link", name=re.compile("Lisbon|Alfama")).first.click()
    staff.wait_for_url("**/staff/resources/*")
    _in_the_hour_that_comes_twice(camera, staff)


def _in_the_hour_that_comes_twice(camera: Camera, staff: Page) -> None:
    closures, day = staff.locator("#closures"), _last_sunday_of_october()
    closures.get_by_label("From").fill(day)
    closures.get_by_label("To", exact=True).fill(day)
    closures.get_by_label("At").first.fill("01:30")
    closures.get_by_role("button", name="Close it").click()
    expect(closures.get_by_label("Which of the two?")).to_be_visible()
    camera.take(staff, "staff-twice", "An hour that the clock shows twice: which of the two?", at="#closures form")


def _last_sunday_of_october() -> str:
    """When clocks in Lisbon go back, next year."""
    last = date(clock.now().year + 1, 10, 31)
    return (last - timedelta(days=(last.weekday() + 1) % 7)).isoformat()
