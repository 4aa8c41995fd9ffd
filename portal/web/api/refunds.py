"""Refunds: asked for by the customer, decided by staff, followed by both."""

from uuid import UUID

from pydantic import Field

from portal.domains import orders, refunds
from portal.domains.orders import Order
from portal.domains.refunds import Refund
from portal.kernel import clock
from portal.kernel.errors import N_, Invalid, NotFound
from portal.web.api.bodies import idempotency_key
from portal.web.api.callers import caller
from portal.web.api.calls import Answer, call
from portal.web.api.shapes import Asked, Id, Money, Prose, Told
from portal.web.database import db, transaction


class RefundAsked(Asked):
    reason: Prose = Field(min_length=1, max_length=500)
    lines: list[Id] | None = Field(
        None, min_length=1, max_length=100, description="Ids of the order's lines; all that are active if not given."
    )


class RejectionAsked(Asked):
    reason: Prose = Field(min_length=1, max_length=500, description="The customer reads this.")


class RefundTold(Told):
    """`amount` goes back to the card; `points` come back; points that the order had earned go (`points_withdrawn`)."""

    id: UUID
    order: str
    state: str = Field(description="requested, approved, rejected, sent, settled, cancelled.")
    amount: Money
    points: int
    points_withdrawn: int
    reason: str
    decision_reason: str


@call(
    "/orders/<number>/refunds",
    method="POST",
    scope="bookings:write",
    answers={202: RefundTold},
    tag="Refunds",
    repeatable=True,
    problems={404, 409},
)
def request_refund(number: str, json: RefundAsked) -> Answer:
    """Ask for a refund.

    The amount is fixed by this request. 409 with the code `not-refundable`, or `already-asked` while another refund of
    the order is open.
    """
    with transaction() as tx:
        key = idempotency_key()
        order = orders.get_by_number(tx, number, account_id=caller().id)
        lines = None if json.lines is None else list(dict.fromkeys(json.lines))
        if lines and set(lines) - {line.id for line in order.lines}:
            raise Invalid({"lines": N_("There is a line that this order does not have.")})
        refund = refunds.request(
            tx, order, by=caller().id, reason=json.reason, now=clock.now(), line_ids=lines, idempotency_key=key
        )
        told = told_of(refund, order)
    return told, 202, {"Location": f"/api/v1/refunds/{refund.id}"}


@call("/refunds/<uuid:refund_id>", scope="bookings:read", answers={200: RefundTold}, tag="Refunds", problems={404})
def refund(refund_id: UUID) -> Answer:
    """One refund, and how far it is."""
    tx = db.session()
    found = refunds.get_refund(tx, refund_id)
    order = orders.get_order(tx, found.order_id)
    if order.account_id != caller().id:
        raise NotFound
    return told_of(found, order)


@call(
    "/refunds/<uuid:refund_id>/withdrawal",
    method="POST",
    scope="bookings:write",
    answers={200: RefundTold},
    tag="Refunds",
    problems={404, 409},
)
def withdraw_refund(refund_id: UUID) -> Answer:
    """Take a request back.

    Before it is decided its state becomes `cancelled`; afterwards the answer is 409 with the code `already-decided`.
    """
    with transaction() as tx:
        order = orders.get_order(tx, refunds.get_refund(tx, refund_id).order_id)
        if order.account_id != caller().id:
            raise NotFound
        told = told_of(refunds.withdraw(tx, refund_id, by=caller().id), order)
    return told, 200


@call(
    "/staff/refunds/<uuid:refund_id>/approval",
    method="POST",
    scope="staff:refunds",
    answers={202: RefundTold},
    tag="Refunds",
    lately=True,
    problems={404, 409},
)
def approve_refund(refund_id: UUID) -> Answer:
    """Approve a refund: the money goes back by itself.

    The token's `auth_time` may be five minutes old. After that the answer is 401 with the code
    `insufficient-user-authentication` (RFC 9470): send the person to `/oauth/authorize` with the `max_age` it names.
    """
    with transaction() as tx:
        approved = refunds.approve(tx, refund_id, by=caller().id, now=clock.now())
        told = told_of(approved, orders.get_order(tx, approved.order_id))
    return told, 202


@call(
    "/staff/refunds/<uuid:refund_id>/rejection",
    method="POST",
    scope="staff:refunds",
    answers={200: RefundTold},
    tag="Refunds",
    problems={404, 409},
)
def reject_refund(refund_id: UUID, json: RejectionAsked) -> Answer:
    """Turn a refund down, and say why."""
    with transaction() as tx:
        rejected = refunds.reject(tx, refund_id, by=caller().id, reason=json.reason, now=clock.now())
        told = told_of(rejected, orders.get_order(tx, rejected.order_id))
    return told, 200


def told_of(refund: Refund, order: Order) -> RefundTold:
    return RefundTold(
        id=refund.id,
        order=order.number,
        state=refund.state,
        amount=Money.of(refund.amount, refund.currency),
        points=refund.points,
        points_withdrawn=refund.accrual,
        reason=refund.reason,
        decision_reason=refund.decision_reason,
    )
