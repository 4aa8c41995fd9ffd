"""What late money tells its customer, as a table: each state of both processes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask

from portal.domains.orders import Order
from portal.domains.refunds import Refund
from portal.kernel.sagas import Progress, StepProgress
from portal.web.customer.late import of_late
from workers.sagas import late_payment

NOW = datetime(2026, 12, 1, tzinfo=UTC)
TAKEN = {"code": "slot-taken", "message": "This time is taken."}
FIRST = ("look up late payment", "take in late payment")
ALL = tuple(step.name for step in late_payment.steps)


@pytest.fixture(autouse=True)
def reader(app: Flask) -> Iterator[None]:
    """Somebody who reads English."""
    with app.test_request_context():
        yield


def order(state: str, *, points: int = 500) -> Order:
    return Order(
        number="J-1", state=state, points_used=points, charge=Decimal(30000), points_accrued=300, currency="KRW"
    )


def progress(state: str, *done: str, refusal: object = None) -> Progress:
    rows = [
        StepProgress(step.name, step.kind.value, "async", "done" if step.name in done else "waiting", 0, None)
        for step in late_payment.steps
    ]
    return Progress(uuid4(), "late_payment", "J-1", state, 0, None, None, refusal, rows)  # type: ignore[arg-type]  # a dict


@pytest.mark.parametrize(
    ("order_state", "how_far", "headline", "tone", "goes_on"),
    [
        ("cancelled", progress("ready"), "Your payment came after all", "waiting", True),
        ("processing", progress("running", *FIRST, "book again"), "Your payment came after all", "waiting", True),
        ("cancelled", progress("parked", *FIRST), "This takes longer than it should", "waiting", True),
        ("processing", progress("parked", *FIRST), "This takes longer than it should", "waiting", True),
        (
            "cancelled",
            progress("compensating", *FIRST, refusal=TAKEN),
            "Your payment came, but too late for this",
            "waiting",
            True,
        ),
        ("completed", progress("done", *ALL), "Your place is kept", "confirmed", False),
        ("refunding", progress("done", *ALL), "This order is being given back", "waiting", False),
        ("refunded", progress("done", *ALL), "This order was given back", "plain", False),
        ("refunding", progress("handed_over", *FIRST), "This order is being given back", "waiting", False),
    ],
)
def test_late_money_in_words(order_state: str, how_far: Progress, headline: str, tone: str, goes_on: bool) -> None:
    told = of_late(order(order_state), how_far, None)
    assert (told.headline, told.tone, told.goes_on) == (headline, tone, goes_on)


def test_every_step_that_is_named_exists_in_the_process() -> None:
    assert len(of_late(order("cancelled"), progress("ready"), None).items) == 5
    assert len(of_late(order("cancelled", points=0), progress("ready"), None).items) == 4


@pytest.mark.parametrize(
    ("sent", "settled", "headline", "states"),
    [
        (None, None, "All of your money is on its way back", ["done", "failed", "doing", "todo"]),
        (NOW, None, "All of your money is on its way back", ["done", "failed", "done", "doing"]),
        (NOW, NOW, "All of your money is back", ["done", "failed", "done", "done"]),
    ],
)
def test_its_way_back_in_words(
    sent: datetime | None, settled: datetime | None, headline: str, states: list[str]
) -> None:
    refund = Refund(amount=Decimal(30000), currency="KRW", decided_at=NOW, sent_at=sent, settled_at=settled)
    told = of_late(order("cancelled"), progress("compensated", refusal=TAKEN), refund)
    assert (told.headline, told.goes_on) == (headline, settled is None)
    assert [item["state"] for item in told.items] == states
    assert told.note.startswith("Somebody else had just taken the time you chose. So ₩30,000 goes back to you")
