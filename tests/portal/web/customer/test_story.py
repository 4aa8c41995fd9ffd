"""What a payment and a refund tell, as a table: each state of the process in the words of its customer."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from portal.domains.orders import Order
from portal.domains.refunds import Refund
from portal.kernel.sagas import Progress, StepProgress
from portal.web.customer import story
from workers.sagas.payment import payment

Told = Mapping[str, Any] | None

NOW = datetime(2026, 12, 1, tzinfo=UTC)
DECLINED = {"code": "card-declined", "message": "Your card was declined. Nothing was charged; try another card."}


@pytest.fixture(autouse=True)
def reader(app: Flask) -> Iterator[None]:
    """Somebody who reads English."""
    with app.test_request_context():
        yield


def order(state: str, *, points: int = 500, charge: int = 30000) -> Order:
    return Order(
        number="J-1", state=state, points_used=points, charge=Decimal(charge), points_accrued=300, currency="KRW"
    )


def progress(state: str, *done: str, at_hand: str = "", as_: str = "running", refusal: Told = None) -> Progress:
    rows = [
        StepProgress(
            name=step.name,
            kind=step.kind.value,
            mode=step.mode.value,
            state="done" if step.name in done else as_ if step.name == at_hand else "waiting",
            attempts=0,
            at=NOW if step.name in done else None,
        )
        for step in payment.steps
    ]
    return Progress(uuid4(), "payment", "J-1", state, 0, None, None, refusal, rows)


BEFORE = ("look up order", "create order", "look up points", "use points")


@pytest.mark.parametrize(
    ("order_state", "how_far", "headline", "tone", "goes_on"),
    [
        ("processing", progress("ready"), "Asking your bank…", "waiting", True),
        (
            "processing",
            progress("calling", *BEFORE, at_hand=story.PIVOT, as_="calling"),
            "Asking your bank…",
            "waiting",
            True,
        ),
        (
            "processing",
            progress("unknown", *BEFORE, at_hand=story.PIVOT, as_="unknown"),
            "We are still waiting for your bank's answer",
            "waiting",
            True,
        ),
        (
            "processing",
            progress("ready", *BEFORE, story.PIVOT, at_hand="accrue points"),
            "Your card was charged. Confirming your place…",
            "waiting",
            True,
        ),
        ("processing", progress("parked", *BEFORE, story.PIVOT), "This takes longer than it should", "waiting", True),
        (
            "processing",
            progress("compensating", *BEFORE, refusal=DECLINED),
            "This did not go through. Giving everything back…",
            "waiting",
            True,
        ),
        ("awaiting_payment", progress("waiting", *BEFORE), "Your bank asks you to confirm", "held", True),
        (
            "completed",
            progress("done", *(step.name for step in payment.steps)),
            "Your place is kept",
            "confirmed",
            False,
        ),
        ("cancelled", progress("compensated", refusal=DECLINED), "Your card was declined", "cancelled", False),
        ("cancelled", None, "This order did not go through", "cancelled", False),
        ("refunding", progress("done"), "This order is being given back", "waiting", False),
        ("refunded", progress("done"), "This order was given back", "plain", False),
    ],
)
def test_a_payment_in_words(
    order_state: str, how_far: Progress | None, headline: str, tone: str, goes_on: bool
) -> None:
    told = story.of_payment(order(order_state), how_far)
    assert (told.headline, told.tone, told.goes_on) == (headline, tone, goes_on)


def test_every_step_that_is_named_exists_in_the_process() -> None:
    told = story.of_payment(order("processing"), progress("ready"))
    assert len(told.items) == 5
    without = story.of_payment(order("processing", points=0, charge=0), progress("ready"))
    assert [item["text"] for item in without.items] == [
        "We write down your order",
        "Your place gets confirmed",
        "You get a mail with the details",
    ]


def test_steps_speak_in_the_tense_of_what_happened() -> None:
    told = story.of_payment(order("processing"), progress("ready", *BEFORE, story.PIVOT, at_hand="complete order"))
    assert [(item["text"], item["state"]) for item in told.items] == [
        ("We wrote down your order", "done"),
        ("500 points are set aside", "done"),
        ("Your card was charged", "done"),
        ("Your place gets confirmed", "doing"),
        ("You get a mail with the details", "todo"),
    ]


def test_what_will_not_happen_any_more_is_no_step() -> None:
    refused = progress("compensated", *BEFORE, at_hand=story.PIVOT, as_="refused", refusal=DECLINED)
    told = story.of_payment(order("cancelled"), refused)
    assert [(item["text"], item["state"]) for item in told.items] == [
        ("We wrote down your order", "done"),
        ("500 points are set aside", "done"),
        ("Your card was not charged", "failed"),
    ]
    assert told.note == "Nothing was charged; try another card. Your points are back where they were."


def test_while_the_bank_asks_the_card_is_what_is_being_done() -> None:
    told = story.of_payment(order("awaiting_payment"), progress("waiting", *BEFORE))
    assert told.items[2] == {"text": "You confirm at your bank", "state": "doing", "at": None}


def test_without_money_no_bank_is_asked() -> None:
    assert story.of_payment(order("processing", charge=0), progress("ready")).headline == "Confirming your place…"


@pytest.mark.parametrize(
    ("state", "headline", "states", "goes_on"),
    [
        ("requested", "We are looking at your request", ["done", "doing", "todo", "todo"], True),
        ("approved", "Your refund is on its way", ["done", "done", "doing", "todo"], True),
        ("sent", "We sent the money to your bank", ["done", "done", "done", "doing"], True),
        ("settled", "Your refund is complete", ["done", "done", "done", "done"], False),
        ("rejected", "Your refund of ₩1,000 and 20 points was turned down", ["done", "failed"], False),
        ("cancelled", "The money could not be sent", ["done", "done", "failed"], False),
    ],
)
def test_a_refund_in_words(state: str, headline: str, states: list[str], goes_on: bool) -> None:
    refund = Refund(
        state=state, amount=Decimal(1000), points=20, currency="KRW", decision_reason="Too late.", decided_at=NOW
    )
    told = story.of_refund(refund)
    assert (told.headline, told.goes_on) == (headline, goes_on)
    assert [item["state"] for item in told.items] == states


@pytest.mark.parametrize("state", ["sent", "settled"])
def test_money_that_the_bank_gave_back_is_told_as_a_delay(state: str) -> None:
    refund = Refund(state=state, amount=Decimal(1000), points=20, currency="KRW", decided_at=NOW)
    told = story.of_refund(refund, returned=True)
    assert (told.headline, told.tone, told.goes_on) == ("Your refund is delayed", "waiting", True)
    assert [item["state"] for item in told.items] == ["done", "done", "done", "failed", "doing"]
    assert "It stays yours" in told.note


def test_who_took_the_request_back_is_not_told_that_the_bank_refused() -> None:
    told = story.of_refund(Refund(state="cancelled", amount=Decimal(1000), points=20, currency="KRW"))
    assert (told.headline, told.tone, told.goes_on) == ("You took your request back", "plain", False)
    assert [item["state"] for item in told.items] == ["done", "done"]


@pytest.mark.parametrize(
    ("amount", "points", "said"),
    [(1000, 0, "₩1,000."), (0, 20, "20 points."), (1000, 20, "₩1,000 and 20 points."), (0, 0, "₩0.")],
)
def test_a_refund_says_what_comes_back(amount: int, points: int, said: str) -> None:
    refund = Refund(state="approved", amount=Decimal(amount), points=points, currency="KRW")
    assert story.of_refund(refund).note.startswith(said)


def test_the_version_changes_with_what_is_told_and_only_then() -> None:
    early = story.of_payment(order("processing"), progress("ready"))
    same = story.of_payment(order("processing"), progress("running"))
    later = story.of_payment(order("processing"), progress("ready", "look up order", "create order"))
    assert story.version([early], 1) == story.version([same], 1)
    assert story.version([early], 1) != story.version([later], 1)
    assert story.version([early], 1) != story.version([early], 4), "the pace is part of what the page has to be told"


@pytest.mark.parametrize(
    ("points", "code", "note"),
    [
        (0, "card-declined", ""),
        (500, "card-declined", "Your points are back where they were."),
        (0, "out-of-stock", "Nothing was charged."),
        (500, "out-of-stock", "Nothing was charged. Your points are back where they were."),
    ],
)
def test_what_was_not_charged_is_said_once(points: int, code: str, note: str) -> None:
    refused = progress("compensated", refusal={"code": code, "message": "No."})
    assert story.of_payment(order("cancelled", points=points), refused).note == note
