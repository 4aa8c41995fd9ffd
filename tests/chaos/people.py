"""The customers of the trial: each follows whims of its own, drawn from the printed seed."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import requests

from tests.chaos import bank
from tests.chaos.answers import Client
from tests.chaos.trial import Trial
from tests.chaos.world import KAYAKS, ROOMS

CARDS = {
    "pm_card_visa": 80,
    "pm_card_chargeDeclined": 7,
    bank.ASKS: 8,
    "pm_card_pendingRefund": 4,
    "pm_card_refundFail": 1,
}
SECOND_THOUGHTS = 1.5
"""Seconds after a booking before its customer may want the money back."""
MOST_TRIES = 3
HALF_AN_HOUR = timedelta(minutes=30)


@dataclass
class Booking:
    """An order of one's own that may be given back, and how often that was tried in vain."""

    number: str
    since: float
    tries: int = 0


class Customer(threading.Thread):
    """Holds, pays, sends things twice, changes their mind, and asks for the money back."""

    def __init__(self, trial: Trial, number: int, token: str) -> None:
        super().__init__(name=f"customer-{number}", daemon=True)
        self.trial, self.notes = trial, trial.notes
        self.chance = Random(f"{trial.seed} customer {number}")
        self.api = Client(trial, token, self.chance)
        self.other = Client(trial, token, Random(f"{trial.seed} other hand {number}"))
        self.bookings: list[Booking] = []
        self._acts = 0

    def run(self) -> None:
        while not self.trial.end.is_set():
            self.trial.door.wait()
            try:
                self.act()
            except Exception as error:
                self.notes.breaks(f"{self.name} was told something odd: {error!r}")

    def act(self) -> None:
        ripe = [one for one in self.bookings if time.monotonic() - one.since > SECOND_THOUGHTS]
        mood = self.chance.random()
        if ripe and mood < 0.45:
            self.ask_for_money(self.chance.choice(ripe))
        elif ripe and mood < 0.65:
            self.change_time(self.chance.choice(ripe))
        else:
            self.book()

    def key(self) -> str:
        self._acts += 1
        return f"{self.name}-{self._acts}"

    def book(self) -> None:
        holds = [hold for _ in range(self.chance.choice((1, 1, 1, 2))) if (hold := self.hold())]
        if not holds:
            return
        if self.chance.random() < 0.05:
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
        if card == bank.ASKS:
            bank.answer(self.trial, self.api, self.chance, number)
        self.bookings.append(Booking(number, time.monotonic()))

    def hold(self) -> str | None:
        kayak = self.chance.random() < 0.4
        start = self.trial.world.first + timedelta(hours=min(1900, int(self.chance.expovariate(1 / 400))))
        body: dict[str, Any] = {"product": self.chance.choice(KAYAKS if kayak else ROOMS), "start": start.isoformat()}
        if not kayak:
            body["end"] = (start + timedelta(hours=1)).isoformat()
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
        if self.chance.random() < 0.1:
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

    def ask_for_money(self, booking: Booking) -> None:
        """For all of an order, or for one line of it and later for the rest."""
        body: dict[str, Any] = {"reason": "Something came up."}
        part = self.chance.random() < 0.3 and self.one_line(booking)
        if part:
            body["lines"] = [part]
        answer = self.api.call("POST", f"/orders/{booking.number}/refunds", body, key=self.key())
        if answer is None:
            return
        self.expect(answer, 202, 409)
        booking.tries += answer.status_code == 409  # not booked yet, or never
        booking.since = time.monotonic()
        if answer.status_code == 202:
            self.notes.refunds.add(answer.json()["id"])
            self.trial.asked.put(answer.json()["id"])
        if booking.tries > MOST_TRIES or (answer.status_code == 202 and not part):
            self.bookings.remove(booking)

    def change_time(self, booking: Booking) -> None:
        """To a time near the one there is, perhaps overlapping it, perhaps longer or shorter; paid if it is dearer."""
        found = self.api.call("GET", f"/orders/{booking.number}")
        if found is None:
            return
        self.expect(found, 200)
        booked = [line for line in found.json()["lines"] if line["state"] == "active" and line["start"]]
        if not booked:
            return
        line = self.chance.choice(booked)
        start = datetime.fromisoformat(line["start"]) + self.chance.choice((-2, -1, 0, 1, 1, 2, 5)) * HALF_AN_HOUR
        length = datetime.fromisoformat(line["end"]) - datetime.fromisoformat(line["start"])
        end = start + length + self.chance.choice((0, 0, 0, -1, 1, 2)) * HALF_AN_HOUR
        card = self.chance.choices(["pm_card_visa", "pm_card_chargeDeclined"], [9, 1])[0]
        body = {"line": line["id"], "start": start.isoformat(), "end": end.isoformat(), "payment": {"token": card}}
        answer = self.api.call("POST", f"/orders/{booking.number}/moves", body, key=self.key())
        if answer is not None:
            self.expect(answer, 202, 409, 422)
            self.notes.count("moves asked for", answer.status_code == 202)
            booking.since = time.monotonic()

    def one_line(self, booking: Booking) -> str | None:
        """One of several; None if there is no choice."""
        found = self.api.call("GET", f"/orders/{booking.number}")
        if found is None:
            return None
        self.expect(found, 200)
        lines = [line["id"] for line in found.json()["lines"] if line["state"] == "active"]
        return str(self.chance.choice(lines)) if len(lines) > 1 else None

    def expect(self, answer: requests.Response, *statuses: int) -> None:
        if answer.status_code not in statuses:
            self.notes.breaks(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:300]}")
