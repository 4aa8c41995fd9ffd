"""Money that came late: declined at the checkout, taken by the provider all the same, booked again or sent back."""

from playwright.sync_api import Page
from sqlalchemy import text

from portal.domains import reservations
from portal.domains.payments.gateways.stripe import StripeGateway
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.journeys import acts
from tests.journeys.camera import Camera
from tests.journeys.customer_tour import DECLINED
from tests.journeys.house import House, wait_for
from tests.support import people

PRODUCT = "rehearsal-room"


def late_tour(house: House, camera: Camera, staff: Page, customer: Page) -> None:
    """Nobody lifts a finger: the provider's webhook begins all of it."""
    booked = _declined(house, customer, 26)
    _pay_late(house, booked)
    _becomes(house, booked, "state = 'completed'")
    customer.goto(f"/orders/{booked}")
    camera.take(
        customer, "late-booked", "Money that came after the order was cancelled: all was free, so it is booked."
    )
    staff.goto(f"/staff/orders/{booked}")
    camera.take(staff, "staff-late-booked", "The same for staff: both processes, and who noticed the money.")
    gone = _declined(house, customer, 27)
    _give_to_somebody(house, gone)
    _pay_late(house, gone)
    _becomes(house, gone, "refunded = charge")
    customer.goto(f"/orders/{gone}")
    camera.take(customer, "late-given-back", "The same for a time that somebody else has by then: all of it went back.")


def _declined(house: House, customer: Page, days: int) -> str:
    acts.hold(customer, PRODUCT, days_ahead=days)
    acts.pay(customer, DECLINED)
    customer.get_by_text("declined").first.wait_for()
    newest = "SELECT number FROM orders WHERE state = 'cancelled' ORDER BY placed_at DESC LIMIT 1"
    with house.engine.connect() as connection:
        return str(connection.execute(text(newest)).scalar_one())


def _pay_late(house: House, number: str) -> None:
    """The customer's bank lets the refused charge go through after all."""
    query = "SELECT provider_ref, amount FROM payments JOIN orders ON order_id = orders.id WHERE number = :number"
    with house.engine.connect() as connection:
        ref, amount = connection.execute(text(query), {"number": number}).one()
    gateway = StripeGateway("sk_test_local", webhook_secret="whsec_local", api_base=house.provider.url)
    back = f"{house.url}/orders/{number}"
    gateway.confirm(
        ref, amount=amount, currency="KRW", order_number=number, token="pm_card_visa", return_url=back, key=number
    )


def _give_to_somebody(house: House, number: str) -> None:
    """The customer lets the time go, and somebody else holds it."""
    query = "SELECT hold_id FROM order_lines JOIN orders ON order_id = orders.id WHERE number = :number"
    somebody = people.customer(house.engine)
    with transaction(house.engine) as tx:
        (lost,) = reservations.holds(tx, [tx.execute(text(query), {"number": number}).scalar_one()])
        reservations.release(tx, account_id=lost.account_id, hold_id=lost.id)
        times = {"starts_at": lost.starts_at, "ends_at": lost.ends_at, "now": clock.now(), "minutes": 15}
        reservations.hold(tx, account_id=somebody.id, product_id=lost.product_id, **times)


def _becomes(house: House, number: str, what: str) -> None:
    query = text(f"SELECT {what} FROM orders WHERE number = :number")  # the words are written above

    def so() -> bool:
        with house.engine.connect() as connection:
            return bool(connection.execute(query, {"number": number}).scalar_one())

    wait_for(so, 60, f"{number}: not yet {what}")
