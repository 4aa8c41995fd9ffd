"""Tries out the running demo as people would: books, pays with points and a card, asks for the money, approves it.

`python -m local.selfcheck` reads var/demo.json and goes over HTTP only; at the end it compares the portal's word with
the books of the payment provider and with the mails that arrived. Exit code 1 and a sentence when something is wrong.
"""

import html
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import pyotp
import requests

from local.visitor import LostTheWay, Visitor

FACTS = Path(__file__).resolve().parents[1] / "var" / "demo.json"
CUSTOMER = ("self-check@example.com", "Harbour-Lantern!26")
STAFF = ("self-check-staff@example.com", "Granite-Teapot!26")
PRODUCT = "/products/self-check"
PATIENCE = 30.0


def main() -> int:
    facts = json.loads(FACTS.read_text())
    secret = next(account["totp_secret"] for account in facts["accounts"] if "totp_secret" in account)
    try:
        Check(facts, secret).run()
    except (LostTheWay, requests.RequestException) as reason:
        say(f"it does not work: {reason}")
        return 1
    return 0


class Check:
    """One booking, from the sign-in to the money back."""

    def __init__(self, facts: dict[str, Any], totp_secret: str) -> None:
        self.facts = facts
        self.totp_secret = totp_secret
        self.customer = Visitor(facts["portal"])
        self.staff = Visitor(facts["portal"])

    def run(self) -> None:
        """Raises LostTheWay at the first thing that is not as it should be."""
        before = len(self._mails())
        self._sign_in(self.customer, CUSTOMER)
        say(f"{CUSTOMER[0]} signed in")
        number = self._book()
        self._sign_in_staff()
        self._follow(number, "completed")
        charged, _back = self._money(number)
        say(f"order {number}: the provider charged {charged:,} once")
        refund = self._ask_for_refund(number)
        self._approve(refund)
        self._follow(number, "refunded")
        charged, back = self._money(number)
        if charged != back:
            raise LostTheWay(f"the provider charged {charged:,} and sent back {back:,}")
        say(f"order {number}: the provider sent {back:,} back")
        self._wait(lambda: len(self._mails()) >= before + 2, "two mails")
        say("both mails have arrived")

    def _sign_in(self, visitor: Visitor, who: tuple[str, str]) -> None:
        visitor.open("/sign-in")
        visitor.send("/sign-in", {"email": who[0], "password": who[1]})

    def _sign_in_staff(self) -> None:
        self._sign_in(self.staff, STAFF)
        for _ in range(3):
            try:
                self.staff.send("/sign-in/code", {"code": pyotp.TOTP(self.totp_secret).now()})
                say(f"{STAFF[0]} signed in with a second factor")
                return
            except LostTheWay:
                # A code works once; whoever came before us in these thirty seconds has used it.
                time.sleep(30 - time.time() % 30 + 0.5)
        raise LostTheWay("the second factor was not taken")

    def _book(self) -> str:
        self.customer.open(PRODUCT)
        starts = self.customer.choices("/holds", "start")
        if not starts:
            raise LostTheWay(f"{PRODUCT} shows no free time")
        self.customer.send("/holds", {"start": starts[-1]})
        say(f"held {starts[-1]}")
        self._pay()
        found = re.search(r"/orders/(J-[0-9A-Z]{4}-[0-9A-Z]{4})", self.customer.url)
        if not found:
            raise LostTheWay(f"paying led to {self.customer.url}")
        return found[1]

    def _pay(self) -> None:
        """Pays by a practice card; with Toss, in the window that comes next."""
        toss = self.facts["environment"]["PAYMENT_PROVIDER"] == "toss"
        self.customer.send("/checkout", {"points": "1000", "payment": "toss" if toss else "pm_card_visa"})
        if toss:
            self._enter_window()
            self.customer.send("/toss/window", {"decision": "pay"})
            say("agreed to pay in the window of Toss")

    def _enter_window(self) -> None:
        """Paying leads there; when the workers are slow, by way of the order's page."""
        end = time.monotonic() + PATIENCE
        while "/toss/window" not in self.customer.url:
            way = re.search(r'href="([^"]*/toss/window[^"]*)"', self.customer.page)
            if time.monotonic() > end:
                raise LostTheWay(f"{self.customer.url} does not lead to the window")
            time.sleep(0.2)
            self.customer.open(html.unescape(way[1]) if way else self.customer.url)

    def _ask_for_refund(self, number: str) -> str:
        self.customer.open(f"/orders/{number}/refund")
        self.customer.send(f"/orders/{number}/refund", {"reason": "Only to see that it works."})
        say(f"order {number}: asked for the money back")
        self.staff.open("/staff/refunds")
        row = re.search(rf'href="(/staff/refunds/[0-9a-f-]+)"[^>]*>{number}<', self.staff.page)
        if not row:
            raise LostTheWay(f"the refund queue does not show {number}")
        return row[1]

    def _approve(self, refund: str) -> None:
        self.staff.open(refund)
        self.staff.send(f"{refund}/approval")
        say("the refund was approved")

    def _follow(self, number: str, state: str) -> None:
        """Waits until staff see the order in this state, then prints the steps behind it."""

        def there() -> bool:
            self.staff.open(f"/staff/orders/{number}")
            return f'data-order-state="{state}"' in self.staff.page

        self._wait(there, f"order {number} to be {state}")
        steps = re.findall(r'data-step="([^"]*)" data-step-state="([^"]*)"', self.staff.page)
        if not steps:
            raise LostTheWay(f"the order page of {number} shows no steps")
        for name, how in steps if state == "completed" else steps[8:]:
            say(f"  {how:<8} {name}")
        say(f"order {number} is {state}")

    def _money(self, number: str) -> tuple[int, int]:
        """What the provider's own books say was charged for the order, and sent back."""
        books = requests.get(f"{self.facts['provider']}/_control/books", timeout=10).json()
        ours = [p for p in books["payments"] if p["metadata"].get("order") == number and p["amount_received"]]
        if len(ours) != 1:
            raise LostTheWay(f"the provider has {len(ours)} payments for {number}")
        return ours[0]["amount_received"], ours[0]["amount_refunded"]

    def _mails(self) -> list[dict[str, Any]]:
        every = requests.get(f"{self.facts['mail']}/messages.json", timeout=10).json()
        messages = every["messages"] if isinstance(every, dict) else every
        return [mail for mail in messages if CUSTOMER[0] in json.dumps(mail["recipients"])]

    def _wait(self, what: Any, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while not what():
            if time.monotonic() > end:
                raise LostTheWay(f"waited {PATIENCE:.0f} s for {words}")
            time.sleep(0.2)


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
