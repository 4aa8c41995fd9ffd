"""The customers and the member of staff of the trial: each follows a whim of its own, drawn from the printed seed."""

import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from random import Random
from typing import Any

import requests

from tests.chaos.answers import Client, Notes
from tests.chaos.world import KAYAKS, ROOMS

CARDS = {
    "pm_card_visa": 80,
    "pm_card_chargeDeclined": 7,
    "pm_card_threeDSecure2Required": 8,
    "pm_card_pendingRefund": 4,
    "pm_card_refundFail": 1,
}
PENDING = frozenset({"awaiting_payment", "processing"})


def refuse(challenges: list[str]) -> None:
    """At the bank: no. Nothing is charged."""
    for url in challenges:
        requests.post(url, data={"decision": "refuse"}, allow_redirects=False, timeout=5)


class Customer(threading.Thread):
    """Holds, pays, sends things twice, changes their mind, and asks for the money back."""

    def __init__(self, number: int, token: str, desk: "Desk", *, patient: bool) -> None:
        super().__init__(name=f"customer-{number}", daemon=True)
        self.chance = Random(f"{desk.seed} customer {number}")
        self.notes, self.end, self.desk, self.patient = desk.notes, desk.end, desk, patient
        self.api = Client(desk.webs, token, self.notes, self.chance, self.end)
        self.other = Client(desk.webs, token, self.notes, Random(number), self.end)
        self.orders: list[str] = []
        self._acts = 0

    def run(self) -> None:
        while not self.end.is_set():
            try:
                self.act()
            except Exception as error:
                self.notes.breaks(f"{self.name} was told something odd: {error!r}")

    def act(self) -> None:
        if self.orders and self.chance.random() < 0.35:
            self.ask_for_money()
        else:
            self.book()

    def key(self) -> str:
        self._acts += 1
        return f"{self.name}-{self._acts}"

    def book(self) -> None:
        holds = [hold for _ in range(self.chance.choice((1, 1, 1, 2))) if (hold := self.hold())]
        if not holds:
            return
        if self.chance.random() < 0.08:
            self.api.call("DELETE", f"/holds/{holds[0]}")
            self.notes.count("holds released")
            return
        card = self.chance.choices(list(CARDS), list(CARDS.values()))[0]
        body: dict[str, Any] = {"holds": holds, "payment": {"token": card}}
        if self.chance.random() < 0.5:
            body["points"] = self.chance.choice((100, 1000, 5000))
        if self.chance.random() < 0.3:
            name = "cake" if self.chance.random() < 0.2 else "tea"
            body["goods"] = [{"product": name, "quantity": self.chance.randint(1, 3)}]
        number = self.order(body)
        if number is None:
            return
        self.orders.append(number)
        if card == "pm_card_threeDSecure2Required":
            self.confirm(number)

    def hold(self) -> str | None:
        kayak = self.chance.random() < 0.4
        start: datetime = self.desk.first + timedelta(hours=min(1900, int(self.chance.expovariate(1 / 300))))
        body: dict[str, Any] = {"product": self.chance.choice(KAYAKS if kayak else ROOMS), "start": start.isoformat()}
        if kayak:
            body["quantity"] = self.chance.randint(1, 4)
        answer = self.api.call("POST", "/holds", body, key=self.key())
        if answer is None or answer.status_code == 409:
            return None
        self.expect(answer, 201)
        return str(answer.json()["id"])

    def order(self, body: dict[str, Any]) -> str | None:
        """Places it, sometimes twice at once with the same key: one order."""
        key = self.key()
        if self.chance.random() < 0.15:
            with ThreadPoolExecutor(1) as hand:
                second = hand.submit(self.other.call, "POST", "/orders", body, key=key)
                first = self.api.call("POST", "/orders", body, key=key)
            answers = [one for one in (first, second.result()) if one is not None]
            self.notes.count("double submits")
        else:
            answers = [one for one in (self.api.call("POST", "/orders", body, key=key),) if one is not None]
        numbers = {one.json()["number"] for one in answers if one.status_code == 202}
        if len({one.status_code for one in answers}) > 1 or len(numbers) > 1:
            self.notes.breaks(f"one key, two answers: {[one.text for one in answers]}")
        for one in answers:
            self.expect(one, 202, 409, 422)
        for number in numbers:
            self.notes.accepted[number] = key
            return str(number)
        return None

    def confirm(self, number: str) -> None:
        """At the bank: confirms, refuses, or (when there is time to wait for its end) forgets about it."""
        decision = self.chance.choice(("confirm", "confirm", "refuse", "forget" if self.patient else "refuse"))
        self.notes.count(f"3-D Secure: {decision}")
        until = time.monotonic() + 8
        while decision != "forget" and time.monotonic() < until:
            answer = self.api.call("GET", f"/orders/{number}")
            if answer is None or answer.json()["state"] not in PENDING:
                return
            if action := answer.json().get("action"):
                try:
                    requests.post(action["url"], data={"decision": decision}, allow_redirects=False, timeout=5)
                    return
                except requests.RequestException:
                    pass  # the provider is away; its page is tried again
            time.sleep(0.3)

    def ask_for_money(self) -> None:
        """For one of the own orders, wholly or for one line."""
        number = self.chance.choice(self.orders)
        found = self.api.call("GET", f"/orders/{number}")
        if found is None:
            return
        self.expect(found, 200)
        told = found.json()
        if told["state"] in {"cancelled", "refunded"}:
            self.orders.remove(number)
        lines = [line["id"] for line in told["lines"] if line["state"] == "active"]
        if told["state"] != "completed" or not lines:
            return
        body: dict[str, Any] = {"reason": "Something came up."}
        if len(lines) > 1 and self.chance.random() < 0.6:
            body["lines"] = [self.chance.choice(lines)]
        answer = self.api.call("POST", f"/orders/{number}/refunds", body, key=self.key())
        if answer is not None:
            self.expect(answer, 202, 409)
            if answer.status_code == 202:
                self.notes.refunds.add(answer.json()["id"])
                self.desk.asked.put(answer.json()["id"])

    def expect(self, answer: requests.Response, *statuses: int) -> None:
        if answer.status_code not in statuses:
            self.notes.breaks(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:300]}")


class Desk(threading.Thread):
    """The member of staff who decides about refunds, and what all people of the trial share."""

    def __init__(self, seed: int, webs: list[str], token: str, first: datetime, notes: Notes) -> None:
        super().__init__(name="staff", daemon=True)
        self.seed, self.webs, self.first, self.notes = seed, webs, first, notes
        self.end = threading.Event()
        self.asked: queue.Queue[str] = queue.Queue()
        self.api = Client(webs, token, notes, Random(f"{seed} staff"), self.end)
        self.chance = Random(f"{seed} decisions")

    def run(self) -> None:
        while not (self.end.is_set() and self.asked.empty()):
            try:
                refund = self.asked.get(timeout=0.2)
            except queue.Empty:
                continue
            if self.chance.random() < 0.15:
                answer = self.api.call("POST", f"/staff/refunds/{refund}/rejection", {"reason": "Too late."})
            else:
                answer = self.api.call("POST", f"/staff/refunds/{refund}/approval")
                if answer is not None and answer.status_code == 202:
                    self.notes.approved.add(refund)
            # 409: decided already, by the try whose answer was lost.
            if answer is not None and answer.status_code not in {200, 202, 409}:
                self.notes.breaks(f"staff were told {answer.status_code} {answer.text[:300]}")
