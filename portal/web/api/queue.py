"""The queue before a rush, for apps: a ticket in a header, and a problem that says where one stands."""

from typing import NoReturn
from uuid import UUID

from flask import abort, request

from portal.domains import reservations
from portal.domains.rushes import Place
from portal.kernel.errors import N_
from portal.web import queueing
from portal.web.api.bodies import idempotency_key
from portal.web.api.callers import caller
from portal.web.database import db
from portal.web.errors import answer, say

TICKET = "Queue-Ticket"
"""Header, both ways: what came with the last answer is sent with the next call."""
IN_LINE = N_("Many want this at the same time. You are number %(place)s in line; send the ticket with the next try.")


def wait_for_turn(product_id: UUID) -> dict[str, str]:
    """Lets the call pass if its caller may choose now, or has made this very hold before and lost the answer; else
    answers 429 with their place, a ticket, and when to try again. Answers the headers for who was let in: with that
    ticket they may choose again for as long as it lasts."""
    seen = queueing.look(product_id, caller().id, request.headers.get(TICKET, ""))
    if seen is None:
        return {}
    place = seen.place
    if not seen.inside and place:
        if reservations.find_by_key(db.session(), caller().id, idempotency_key()):
            return {}
        _turn_away(place, seen.paper)
    return {TICKET: seen.paper} if seen.paper else {}


def _turn_away(place: Place, paper: str) -> NoReturn:
    headers = {"Retry-After": str(queueing.EVERY), TICKET: paper}
    message = say(IN_LINE, {"place": place.place})
    more = {"position": place.place, "wait": place.wait, "ticket": paper}
    abort(answer(429, message, headers=headers, code="in-line", more=more))
