"""What a product's page tells of its price: now, soon, at other times, before, and the lowest before it was lowered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.domains import catalog
from portal.domains.catalog import Price, Tag
from portal.kernel import questions
from portal.kernel.db import Tx
from portal.kernel.money import Money
from portal.web.customer import words
from portal.web.price_chart import Step, chart_of
from portal.web.rate_words import costs_by_time

PRICES_SHOWN = 6


def price_story(tx: Tx, product_id: UUID, now: datetime) -> dict[str, Any]:
    """Everything the template shows of the price; `price_now` is None while it has none."""
    history, offers = questions.answers(
        tx, catalog.history_question(tx, product_id), catalog.offers_question([product_id], now)
    )
    price = offers[product_id].price
    shown = history[:PRICES_SHOWN]
    lowest = catalog.lowest_before(history, now)
    return {
        "price_now": words.money_of(price),
        "unit": words.unit_of(price),
        "by_time": costs_by_time(price, now),
        "history": [_told(row, now) for row in shown],
        "chart": chart_of(steps_of(shown, price), now),
        "coming": next(
            (_told(row, now) for row in reversed(history) if row.valid.lower and row.valid.lower > now), None
        ),
        "lowest": Money(lowest, price.currency) if price and lowest is not None else None,
    }


def steps_of(history: Sequence[Price], like: Tag | None) -> list[Step]:
    """The prices as steps of a chart, in order, those only that are per the same unit as `like`."""
    return [
        Step(row.amount, row.valid.lower, row.valid.upper)
        for row in reversed(history)
        if row.valid.lower and (like is None or (row.unit, row.currency) == (like.unit, like.currency))
    ]


def _told(price: Price, now: datetime) -> dict[str, Any]:
    since, until = price.valid.lower, price.valid.upper
    state = "scheduled" if since and since > now else "past" if until and until <= now else "active"
    amount = Money(price.amount, price.currency)
    return {"amount": amount, "since": since, "until": until, "state": state, "note": price.reason}
