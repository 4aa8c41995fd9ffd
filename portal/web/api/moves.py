"""Moves: a paid booking goes to another time, and the difference is charged or comes back."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from portal.domains import moving, orders, resources
from portal.domains.moving import Move
from portal.domains.orders import Order
from portal.domains.reservations import Behind
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from portal.web.api.bodies import idempotency_key
from portal.web.api.callers import caller
from portal.web.api.calls import Answer, call
from portal.web.api.face import settings
from portal.web.api.ordered import ActionTold
from portal.web.api.orders import PaymentAsked
from portal.web.api.shapes import Asked, Id, Moment, Money, Told
from portal.web.database import db, transaction
from portal.web.lines import behind_the_line


class MoveAsked(Asked):
    line: Id = Field(description="Id of the booking's line.")
    start: Moment
    end: Moment | None = Field(None, description="Where the length is free; without it, as long as before.")
    served_by: list[Id] = Field(
        default_factory=list,
        max_length=4,
        description="Where it can be chosen: ids of the product's `parts`. Else whoever serves it now, if they can.",
    )
    payment: PaymentAsked | None = Field(None, description="How the difference is paid, where the new time is dearer.")


class MoveTold(Told):
    """`before` is what the booking was paid with, `after` what it costs at its new time. `charged`: the difference that
    was taken from the card; `amount` goes back to it and `points` come back, once it has moved."""

    number: str
    order: str
    line: UUID
    state: str = Field(description="requested, moved, cancelled.")
    start: datetime
    end: datetime
    before: Money
    after: Money
    charged: Money
    amount: Money
    points: int
    refusal: str | None = Field(description="Why it was cancelled, as a code such as `card-declined`.")
    action: ActionTold | None = Field(None, exclude_if=lambda action: action is None)


@call(
    "/orders/<number>/moves",
    method="POST",
    scope="bookings:write",
    answers={202: MoveTold},
    tag="Booking",
    repeatable=True,
    problems={404, 409},
)
def request_move(number: str, json: MoveAsked) -> Answer:
    """Move a booking to another time.

    Both times are kept until it is decided; its address says how far it is. Where the new time is dearer, `payment` is
    charged the difference; where it is cheaper, that goes back by itself. 409 with the code `slot-taken` when somebody
    else has it or waits in line for it, `already-yours` when the caller has that time and one person may have it once,
    `not-movable` when it is too late, `under-way` while something of the order is paid, moved or given back,
    `same-time` when it is there already.
    """
    told = behind_the_line(lambda behind: _ask(number, json, behind))
    return told, 202, {"Location": f"/api/v1/orders/{told.order}/moves/{told.number}"}


def _ask(number: str, json: MoveAsked, behind: Behind) -> MoveTold:
    knobs = settings()
    with transaction() as tx:
        key = idempotency_key()
        order = orders.get_by_number(tx, number, account_id=caller().id)
        move = moving.request(
            tx,
            order,
            json.line,
            moving.Wish(json.start, json.end, json.served_by),
            by=caller().id,
            house=moving.House(knobs.move_hours, knobs.points_rate, knobs.pay_within_minutes * 60),
            now=clock.now(),
            token=json.payment.token if json.payment else "",
            idempotency_key=key,
            behind=behind,
        )
        return told_of(tx, move, order)


@call(
    "/orders/<number>/moves/<move_number>",
    scope="bookings:read",
    answers={200: MoveTold},
    tag="Booking",
    problems={404},
)
def move(number: str, move_number: str) -> Answer:
    """One move, and how far it is."""
    tx = db.session()
    order = orders.get_by_number(tx, number, account_id=caller().id)
    found = moving.get_move(tx, move_number.upper())
    if found.order_id != order.id:
        raise NotFound
    return told_of(tx, found, order)


def told_of(tx: Tx, move: Move, order: Order) -> MoveTold:
    to = moving.goes_to(tx, move)
    zone = clock.zone(resources.get_resource(tx, to.resource_id).time_zone)
    return MoveTold(
        number=move.number,
        order=order.number,
        line=move.line_id,
        state=move.state,
        start=to.starts_at.astimezone(zone),
        end=to.ends_at.astimezone(zone),
        before=Money.of(move.before, move.currency),
        after=Money.of(move.after, move.currency),
        charged=Money.of(move.charge if move.state == "moved" else move.charge * 0, move.currency),
        amount=Money.of(move.amount, move.currency),
        points=move.points,
        refusal=move.refusal,
        action=ActionTold(url=move.action_url, until=move.pay_by) if move.action_url else None,
    )
