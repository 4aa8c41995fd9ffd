"""Waiting lists: standing in line for a full time, and being offered a place as a hold."""

from datetime import datetime
from uuid import UUID

from pydantic import Field, RootModel

from portal.domains import catalog, resources, waiting
from portal.domains.waiting import Placed
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.web.api.callers import caller
from portal.web.api.calls import Answer, call
from portal.web.api.face import settings
from portal.web.api.products import named
from portal.web.api.shapes import Asked, Moment, Slug, Told
from portal.web.database import db, transaction
from portal.web.lines import serve


class WaitAsked(Asked):
    product: Slug = Field(description="Its slug.")
    start: Moment
    end: Moment | None = Field(None, description="For products of free length.")
    quantity: int = Field(1, ge=1, le=1000, description="The party: as many places as are needed at once.")


class WaitTold(Told):
    """`state`: waiting, offered (`hold` is the caller's until `offered_until`; order it), and at the end taken,
    declined, missed, left, removed, or over."""

    id: UUID
    product: str
    start: datetime
    end: datetime
    quantity: int
    state: str
    place: int | None = Field(description="Place in the line, from 1; none for who does not wait any more.")
    hold: UUID | None
    offered_until: datetime | None


class Waits(RootModel[list[WaitTold]]):
    """What the caller waits for or is offered, by time."""


@call("/waiting", method="POST", scope="bookings:write", answers={201: WaitTold}, tag="Booking", problems={409})
def join_line(json: WaitAsked) -> Answer:
    """Wait for a full time.

    One entry for each time: sent again, it says how many come now and keeps its place. 409 with the code `free-now`
    when the time can be held instead, `too-many-entries` when the caller waits for as much as one account may.
    """
    with transaction() as tx:
        entry = waiting.join(
            tx,
            account_id=caller().id,
            product_id=named(tx, json.product, "product").id,
            starts_at=json.start,
            ends_at=json.end,
            quantity=json.quantity,
            now=clock.now(),
            most=settings().waiting_lists_at_once,
        )
        told = told_of(tx, waiting.entry_of(tx, caller().id, entry.id))
    return told, 201, {"Location": f"/api/v1/waiting/{told.id}"}


@call("/waiting", scope="bookings:read", answers={200: Waits}, tag="Booking")
def my_lines() -> Answer:
    """What you wait for."""
    tx = db.session()
    return Waits([told_of(tx, one) for one in waiting.entries_of(tx, caller().id)])


@call("/waiting/<uuid:entry_id>", scope="bookings:read", answers={200: WaitTold}, tag="Booking", problems={404})
def line(entry_id: UUID) -> Answer:
    """One entry, whatever became of it."""
    tx = db.session()
    return told_of(tx, waiting.entry_of(tx, caller().id, entry_id))


@call(
    "/waiting/<uuid:entry_id>",
    method="DELETE",
    scope="bookings:write",
    answers={204: None},
    tag="Booking",
    problems={404, 409},
)
def leave_line(entry_id: UUID) -> Answer:
    """Leave the line, or decline the offer.

    Again it changes nothing. 409 with the code `offer-taken` when the place is part of an order.
    """
    with transaction() as tx:
        entry = waiting.leave(tx, account_id=caller().id, entry_id=entry_id, now=clock.now())
        state, of = entry.state, (entry.product_id, entry.starts_at)
    if state == "declined":
        serve(*of)
    return "", 204


def told_of(tx: Tx, placed: Placed) -> WaitTold:
    entry = placed.entry
    zone = clock.zone(resources.get_resource(tx, entry.resource_id).time_zone)
    return WaitTold(
        id=entry.id,
        product=catalog.get_product(tx, entry.product_id).slug,
        start=entry.starts_at.astimezone(zone),
        end=entry.ends_at.astimezone(zone),
        quantity=entry.quantity,
        state=entry.state,
        place=placed.place or None,
        hold=entry.hold_id,
        offered_until=entry.offer_ends_at.astimezone(zone) if entry.offer_ends_at else None,
    )
