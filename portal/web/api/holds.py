"""Holds: a time that is the caller's for some minutes, at the price of this moment."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from portal.domains import catalog, reservations, resources
from portal.domains.reservations import Behind, Hold
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.web import queueing
from portal.web.api import queue
from portal.web.api.bodies import idempotency_key
from portal.web.api.callers import caller
from portal.web.api.calls import Answer, call
from portal.web.api.face import settings
from portal.web.api.products import named
from portal.web.api.shapes import Asked, Id, Moment, Money, Slug, Told
from portal.web.database import db, transaction
from portal.web.lines import behind_the_line


class HoldAsked(Asked):
    product: Slug = Field(description="Its slug.")
    start: Moment
    end: Moment | None = Field(None, description="For products of free length.")
    quantity: int = Field(1, ge=1, le=1000)
    served_by: list[Id] = Field(
        default_factory=list,
        max_length=4,
        description="Where it can be chosen: ids of the product's `parts`.",
    )


class HoldTold(Told):
    """`expires_at`: until when it is the caller's; none once it was let go, or an order has paid for it."""

    id: UUID
    product: str
    start: datetime
    end: datetime
    quantity: int
    served_by: str = Field(description="The names of what was given, where there were several; else empty.")
    expires_at: datetime | None
    price: Money


@call(
    "/holds",
    method="POST",
    scope="bookings:write",
    answers={201: HoldTold},
    tag="Booking",
    repeatable=True,
    problems={409},
)
def make_hold(json: HoldAsked) -> Answer:
    """Hold a time.

    409 with the code `slot-taken` when somebody else has it or waits in line for it, `already-yours` when the caller
    has it and one person may have it once, `slot-busy` when very many want this day just now,
    `too-many-holds` when the caller holds as much as one account may.
    """
    product_id = named(db.session(), json.product, "product").id
    let_in = queue.wait_for_turn(product_id)
    told = behind_the_line(lambda behind: _hold(product_id, json, behind))
    queueing.leave(product_id, caller().id)
    return told, 201, {"Location": f"/api/v1/holds/{told.id}", **let_in}


def _hold(product_id: UUID, json: HoldAsked, behind: Behind) -> HoldTold:
    with transaction() as tx:
        made = reservations.hold(
            tx,
            account_id=caller().id,
            product_id=product_id,
            starts_at=json.start,
            ends_at=json.end,
            quantity=json.quantity,
            served_by=json.served_by,
            now=clock.now(),
            minutes=settings().hold_minutes,
            idempotency_key=idempotency_key(),
            behind=behind,
        )
        reservations.limit_holds(tx, caller().id, most=settings().holds_at_once)
        return told_of(tx, made)


@call("/holds/<uuid:hold_id>", scope="bookings:read", answers={200: HoldTold}, tag="Booking", problems={404})
def hold(hold_id: UUID) -> Answer:
    """One hold."""
    tx = db.session()
    return told_of(tx, reservations.hold_of(tx, caller().id, hold_id))


@call(
    "/holds/<uuid:hold_id>",
    method="DELETE",
    scope="bookings:write",
    answers={204: None},
    tag="Booking",
    problems={404, 409},
)
def release_hold(hold_id: UUID) -> Answer:
    """Let a hold go.

    Also one that has run out, and again. 409 with the code `hold-ordered` when it is part of an order.
    """
    with transaction() as tx:
        reservations.release(tx, account_id=caller().id, hold_id=hold_id)
    return "", 204


def told_of(tx: Tx, hold: Hold) -> HoldTold:
    zone = clock.zone(resources.get_resource(tx, hold.resource_id).time_zone)
    return HoldTold(
        id=hold.id,
        product=catalog.get_product(tx, hold.product_id).slug,
        start=hold.starts_at.astimezone(zone),
        end=hold.ends_at.astimezone(zone),
        quantity=hold.quantity,
        served_by=hold.served_by,
        expires_at=hold.expires_at,
        price=Money.of(hold.amount, hold.currency),
    )
