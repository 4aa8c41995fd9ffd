"""A customer at the bank, which asks whether they really want to pay: yes, no, or no word at all."""

import time
from random import Random

import requests

from tests.chaos.answers import Client
from tests.chaos.trial import Trial

ASKS = "pm_card_threeDSecure2Required"
PENDING = frozenset({"awaiting_payment", "processing"})
WAIT = 8.0
"""Seconds for which somebody waits until the bank asks."""


def answer(trial: Trial, api: Client, chance: Random, number: str) -> None:
    """Confirms, refuses, or (when there is time to wait for its end) forgets about it."""
    decision = chance.choice(("confirm", "confirm", "refuse", "forget" if trial.patient else "refuse"))
    trial.notes.count(f"3-D Secure: {decision}")
    until = time.monotonic() + WAIT
    while decision != "forget" and time.monotonic() < until:
        told = api.call("GET", f"/orders/{number}")
        if told is None or told.json()["state"] not in PENDING:
            return
        if action := told.json().get("action"):
            try:
                requests.post(action["url"], data={"decision": decision}, allow_redirects=False, timeout=5)
                return
            except requests.RequestException:
                pass  # the provider is away; its page is tried again
        time.sleep(0.3)


def refuse(challenges: list[str]) -> None:
    """No, to all of them. Nothing is charged."""
    for url in challenges:
        requests.post(url, data={"decision": "refuse"}, allow_redirects=False, timeout=5)
