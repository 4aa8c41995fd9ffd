"""Customers who book: they open pages, press the buttons they find there, and wait until the order is confirmed.

With as little work of their own as possible, because they share the machine with those who are measured: one
connection each, and patterns instead of a parser.
"""

import html
import http.client
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from benchmarks.bookings.place import midnight
from benchmarks.child import obey

FIELD = re.compile(r'<input\b[^>]*\btype="hidden"[^>]*>')
NAME, VALUE = re.compile(r'\bname="([^"]*)"'), re.compile(r'\bvalue="([^"]*)"')
TAGS = re.compile(r"<[^>]+>|\s+")
STILL = 'hx-trigger="every'
"""In the page of an order that goes on: it looks again by itself until there is nothing left to come."""
PER_DAY = 48
PATIENCE = 60.0
LOOK_AGAIN = 0.5
"""Seconds; the page itself asks every second."""


class Customer:
    """One browser, on one connection."""

    def __init__(self, portal: str) -> None:
        self._origin = portal
        self._connection = http.client.HTTPConnection(urlsplit(portal).netloc, timeout=30)
        self._cookies: dict[str, str] = {}

    def sign_in(self, email: str, password: str) -> None:
        page = self._get("/sign-in")
        self._post("/sign-in", [*_hidden(page, "/sign-in"), ("email", email), ("password", password)])

    def book(self, slug: str, number: int) -> float:
        """The `number`th time of the product, to the confirmed order; the seconds it took."""
        begun = time.perf_counter()
        start = midnight() + timedelta(days=number // PER_DAY % 60, minutes=30 * (number % PER_DAY))
        page = self._get(f"/products/{slug}?week={start.date().isoformat()}")
        held = self._post(f"/products/{slug}/holds", [*_hidden(page, "/holds"), ("start", start.isoformat())])
        page = self._get(held)
        order = self._post("/checkout", [*_hidden(page, "/checkout"), ("points", "0"), ("payment", "pm_card_visa")])
        until = time.perf_counter() + PATIENCE
        while STILL in self._get(order):
            if time.perf_counter() > until:
                raise TimeoutError(f"{order} does not get confirmed")
            time.sleep(LOOK_AGAIN)
        return time.perf_counter() - begun

    def _get(self, path: str) -> str:
        status, where, page = self._ask("GET", path)
        while status in {302, 303}:
            status, where, page = self._ask("GET", where)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status}")
        return page

    def _post(self, path: str, fields: list[tuple[str, str]]) -> str:
        """Where it leads."""
        status, where, page = self._ask("POST", path, urlencode(fields))
        if status not in {302, 303}:
            raise RuntimeError(f"POST {path}: {status} {TAGS.sub(' ', page)[:600]}")
        return where

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self._origin}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        page = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self._cookies[name] = value
        parts = urlsplit(answer.headers.get("Location") or "")
        return answer.status, f"{parts.path}?{parts.query}" if parts.query else parts.path, page


def _hidden(page: str, action: str) -> list[tuple[str, str]]:
    """The hidden fields of the form that goes there."""
    form = re.search(rf'<form\b[^>]*action="[^"]*{re.escape(action)}[^"]*"[^>]*>(.*?)</form>', page, re.DOTALL)
    if not form:
        raise RuntimeError(f"there is no form that goes to {action}")
    found = []
    for field in FIELD.findall(form[1]):
        name, value = NAME.search(field), VALUE.search(field)
        if name:
            found.append((name[1], html.unescape(value[1]) if value else ""))
    return found


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

        def shop(index: int) -> list[float]:
            numbers = range(first + index, first + each * len(customers), len(customers))
            return [customers[index].book(slug, number) for number in numbers]

        with ThreadPoolExecutor(len(customers)) as pool:
            return [seconds for took in pool.map(shop, range(len(customers))) for seconds in took]

    obey(do)


if __name__ == "__main__":
    main()
