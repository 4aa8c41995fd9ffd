"""Customers who book: they open pages, press the buttons they find there, and wait until the order is confirmed."""

import os
import time
from datetime import timedelta

from benchmarks.bookings.browser import Browser, hidden
from benchmarks.bookings.crowd import everybody
from benchmarks.bookings.place import midnight
from benchmarks.child import obey

STILL = 'hx-trigger="every'
"""In the page of an order that goes on: it looks again by itself until there is nothing left to come."""
PER_DAY = 48
PATIENCE = 60.0
LOOK_AGAIN = 0.5
"""Seconds; the page itself asks every second."""


class Customer:
    """Signs in and books, in one browser."""

    def __init__(self, portal: str) -> None:
        self._browser = Browser(portal)

    def sign_in(self, email: str, password: str) -> None:
        page = self._browser.get("/sign-in")
        self._browser.post("/sign-in", [*hidden(page, "/sign-in"), ("email", email), ("password", password)])

    def book(self, slug: str, number: int) -> float:
        """The `number`th time of the product, to the confirmed order; the seconds it took."""
        browser, begun = self._browser, time.perf_counter()
        start = midnight() + timedelta(days=number // PER_DAY % 60, minutes=30 * (number % PER_DAY))
        page = browser.get(f"/products/{slug}?week={start.date().isoformat()}")
        held = browser.post(f"/products/{slug}/holds", [*hidden(page, "/holds"), ("start", start.isoformat())])
        page = browser.get(held)
        order = browser.post("/checkout", [*hidden(page, "/checkout"), ("points", "0"), ("payment", "pm_card_visa")])
        until = time.perf_counter() + PATIENCE
        while STILL in browser.get(order):
            if time.perf_counter() > until:
                raise TimeoutError(f"{order} does not get confirmed")
            time.sleep(LOOK_AGAIN)
        return time.perf_counter() - begun


def main() -> None:
    """Obeys until its input ends."""
    customers: list[Customer] = []

    def do(
        do: str, emails: list[str] | None = None, password: str = "", slug: str = "", each: int = 0, first: int = 0
    ) -> list[float]:
        if do == "sign_in":
            for email in emails or []:
                customers.append(Customer(os.environ["PORTAL"]))
                customers[-1].sign_in(email, password)
            return []
        return everybody(customers, lambda customer, number: customer.book(slug, number), each=each, first=first)

    obey(do)


if __name__ == "__main__":
    main()
