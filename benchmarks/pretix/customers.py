"""Customers of pretix: they open the week, choose a time, and go through the checkout until their order is paid."""

import html
import json
import os
import re
import time
from urllib.parse import urlsplit

from benchmarks.bookings.browser import Browser
from benchmarks.bookings.crowd import everybody
from benchmarks.child import obey

ADD = re.compile(r'action="([^"]*/cart/add\b[^"]*)"')
ITEM = re.compile(r'\bname="(item_\d+)"')
TOKEN = re.compile(r'name="(csrfmiddlewaretoken)" value="([^"]*)"')
CONFIRMED = "</i> Confirmed<"
PATIENCE = 60.0
LOOK_SOON, LOOK_AGAIN = 0.1, 0.25
"""Seconds after which its pages ask whether a task is done: at first, and then."""


class Customer:
    """Books in one browser, always with the same address."""

    def __init__(self, portal: str, slug: str, email: str) -> None:
        self._browser = Browser(portal)
        self._shop, self._email = f"/shops/{slug}/", email
        self._time = re.compile(rf'href="({self._shop}(\d+)/)"')

    def book(self, number: int) -> float:
        """The `number`th time of the week, to the order that is paid; the seconds it took."""
        browser, begun = self._browser, time.perf_counter()
        times = self._time.findall(browser.get(self._shop))
        where, slot = times[number % len(times)]
        page = browser.get(where)
        added, item = html.unescape(_found(ADD, page)[1]), _found(ITEM, page)[1]
        page = browser.get(self._task(added, page, ("subevent", slot), (item, "1")))
        review = browser.post(f"{self._shop}checkout/questions/", [_token(page), ("email", self._email)])
        page = browser.get(review)
        page = browser.get(self._task(review, page))
        if CONFIRMED not in page:
            raise RuntimeError("the order is not confirmed")
        return time.perf_counter() - begun

    def _task(self, path: str, page: str, *fields: tuple[str, str]) -> str:
        """Sends what is done by a task, and asks for it as the script of its pages does. Where it leads."""
        _, _, said = self._browser.ask("POST", path, [_token(page), *fields, ("ajax", "1")])
        answer, pause = json.loads(said), LOOK_SOON
        where, until = answer.get("check_url"), time.monotonic() + PATIENCE
        while not answer.get("redirect"):
            if time.monotonic() > until:
                raise TimeoutError(f"{path} does not end")
            time.sleep(pause)
            answer, pause = json.loads(self._browser.get(where)), LOOK_AGAIN
        if not answer["success"]:
            raise RuntimeError(f"{path}: {answer['message']}")
        leads = urlsplit(answer["redirect"])
        return f"{leads.path}?{leads.query}" if leads.query else leads.path


def _token(page: str) -> tuple[str, str]:
    """What its forms need against forgery."""
    found = _found(TOKEN, page)
    return found[1], found[2]


def _found(pattern: "re.Pattern[str]", page: str) -> "re.Match[str]":
    if not (found := pattern.search(page)):
        raise RuntimeError(f"there is no {pattern.pattern} in the page")
    return found


def main() -> None:
    """Obeys until its input ends."""
    portal, slug, many = os.environ["PORTAL"], os.environ["SLUG"], int(os.environ["CUSTOMERS"])
    customers = [Customer(portal, slug, f"customer-{number}@example.com") for number in range(many)]

    def do(each: int, first: int) -> list[float]:
        return everybody(customers, lambda customer, number: customer.book(number), each=each, first=first)

    obey(do)


if __name__ == "__main__":
    main()
