"""The queue in front of a product in a rush, for pages and for the API: who may choose now, and who stands where.

Without Redis everybody may choose. The queue is a courtesy: it spares people pressing in vain, and the database a
crowd.
Who has a place is decided by the claim, which is as right without it; and a door that nobody can open sells nothing.
"""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from flask import Flask, Response, current_app, request
from redis import RedisError

from portal.config import Settings
from portal.domains import rushes
from portal.domains.rushes import Place, Queue, Terms, Ticket, Tickets
from portal.kernel import clock, log
from portal.kernel.redis import client
from portal.kernel.watch import Count
from portal.web.database import db

EVERY = 5
"""Seconds after which who waits looks again."""
HELD_FOR = 24 * 3600
"""Seconds a browser keeps a ticket."""
LET_IN = Count("jari_rush_let_in_total", "People let in to choose: in turn, or because the queue is away.", "how")

logger = log.get("web.queueing")


@dataclass(frozen=True)
class Look:
    """What a look at the queue came to: whether one may choose, and the ticket to carry on. `place` is None when the
    queue is away, and everybody may."""

    terms: Terms
    inside: bool
    paper: str
    place: Place | None = None


def install(app: Flask, settings: Settings) -> None:
    """Connects the queues."""
    app.extensions["rushes"] = (Queue(client(settings.redis_url)), Tickets(settings.secret_key))


def look(product_id: UUID, account_id: UUID, paper: str, *, again: bool = False) -> Look | None:
    """Where this person stands with the ticket they carry; None for a product without a queue. Who has a pass is not
    looked up, unless they want to be seen `again`."""
    terms = rushes.open_rush(db.session(), product_id)
    if terms is None:
        return None
    queue, tickets = _parts()
    now = clock.now()
    known = tickets.read(paper, product_id=product_id, account_id=account_id, opened_at=terms.opened_at)
    if known and known.lets_in(now) and not again:
        return Look(terms, True, paper)
    carried = known or Ticket(product_id, account_id, 0)
    try:
        place = queue.look(terms, account_id, arrived=carried.arrived, until=carried.until, now=now)
    except RedisError as error:
        logger.warning("the queue is away", error=type(error).__name__)
        LET_IN.add("queue away")
        return Look(terms, True, paper)
    if place.until and not (known and known.until):
        LET_IN.add("in turn")
    ticket = Ticket(product_id, account_id, place.arrived, place.until)
    return Look(terms, place.until > 0, tickets.write(ticket), place)


def leave(product_id: UUID, account_id: UUID) -> None:
    """Makes room for the next: this person has chosen, or does not want to any more."""
    terms = rushes.open_rush(db.session(), product_id)
    if terms is None:
        return
    try:
        _parts()[0].leave(terms, account_id)
    except RedisError as error:
        logger.warning("the queue is away", error=type(error).__name__)


def carried(product_id: UUID) -> str:
    """The ticket this browser carries for the product; empty for none."""
    return request.cookies.get(_name(product_id), "")


def carry(response: Response, product_id: UUID, paper: str) -> Response:
    """Gives the browser the ticket; an empty one takes it away."""
    settings = cast(Settings, current_app.extensions["settings"])
    response.set_cookie(
        _name(product_id),
        paper,
        max_age=HELD_FOR if paper else 0,
        httponly=True,
        secure=settings.secure_cookies,
        samesite="Lax",
    )
    return response


def counts(terms: Terms) -> tuple[int, int] | None:
    """How many wait and how many choose; None while the queue is away."""
    try:
        return _parts()[0].waiting(terms)
    except RedisError:
        return None


def _name(product_id: UUID) -> str:
    return f"jari-queue-{product_id.hex}"


def _parts() -> tuple[Queue, Tickets]:
    return cast(tuple[Queue, Tickets], current_app.extensions["rushes"])
