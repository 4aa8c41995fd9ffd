"""What an order looks like from outside: its money, its lines, and the steps of its payment."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from portal.domains import catalog, payments, reservations, resources
from portal.domains.orders import Order, OrderLine
from portal.domains.reservations import Hold
from portal.kernel import clock, sagas
from portal.kernel.db import Tx
from portal.web.api.shapes import Money, Told


class LineTold(Told):
    """`start` and `end`: of a booking, on the venue's clock. `state`: active, moving, cancelling, cancelled."""

    id: UUID
    kind: str
    state: str
    product: str
    title: str
    quantity: int
    amount: Money
    start: datetime | None
    end: datetime | None


class ActionTold(Told):
    """What the customer has to do: confirm at the provider, at this address, by then."""

    url: str
    until: datetime | None


class StepTold(Told):
    """`state`: waiting, running, done, refused, undone, skipped, or what holds it up (calling, unknown, parked)."""

    name: str
    kind: str
    state: str
    attempts: int


class SagaTold(Told):
    """How far the payment is; where its money came late, what becomes of that money.

    `state`: ready, running, calling, unknown, waiting, compensating, done, compensated, parked.
    """

    state: str
    steps: list[StepTold]


class OrderTold(Told):
    """`charged`, `points_used`: zero for a cancelled order, whose money was not taken and whose points are back. Where
    its money came late, `charged` is that money; once it went back, `refunded` is the same.

    `refunded`: what went back so far; an order that is refunded in part stays completed.
    """

    number: str
    state: str = Field(description="awaiting_payment, processing, completed, cancelled, refunding, refunded.")
    placed_at: datetime
    total: Money
    points_used: int
    charged: Money
    points_accrued: int
    refunded: Money
    points_returned: int
    refusal: str | None = Field(description="Why it was cancelled, as a code such as `card-declined`.")
    lines: list[LineTold]
    action: ActionTold | None = Field(None, exclude_if=lambda action: action is None)
    saga: SagaTold | None


class OrderPage(Told):
    items: list[OrderTold]
    next: str | None


@dataclass(frozen=True)
class Named:
    """What some orders and their lines name, each read once: holds, slugs of products, zones of resources, and which of
    the orders, though cancelled, had their money taken."""

    holds: Mapping[UUID, Hold]
    slugs: Mapping[UUID, str]
    zones: Mapping[UUID, ZoneInfo]
    late: Set[UUID]


def told_of(tx: Tx, found: Sequence[Order]) -> list[OrderTold]:
    """These orders, their lines loaded."""
    lines = [line for order in found for line in order.lines]
    hold_ids = [line.hold_id for line in lines if line.hold_id]
    holds = {hold.id: hold for hold in reservations.holds(tx, hold_ids)} if hold_ids else {}
    resource_ids = {hold.resource_id for hold in holds.values()}
    named = Named(
        holds=holds,
        slugs={id: product.slug for id, product in catalog.products(tx, {line.product_id for line in lines}).items()},
        zones={id: clock.zone(place.time_zone) for id, place in resources.places(tx, resource_ids).items()},
        late=payments.taken(tx, [order.id for order in found if order.state == "cancelled"]),
    )
    return [_told(tx, order, named) for order in found]


def _told(tx: Tx, order: Order, named: Named) -> OrderTold:
    cancelled = order.state == "cancelled"
    charged = Decimal(0) if cancelled and order.id not in named.late else order.charge
    return OrderTold(
        number=order.number,
        state=order.state,
        placed_at=order.placed_at,
        total=Money.of(order.total, order.currency),
        points_used=0 if cancelled else order.points_used,
        charged=Money.of(charged, order.currency),
        points_accrued=order.points_accrued,
        refunded=Money.of(order.refunded, order.currency),
        points_returned=order.points_returned,
        refusal=order.refusal if cancelled else None,
        lines=[_line(order, line, named) for line in order.lines],
        action=ActionTold(url=order.action_url, until=order.pay_by) if order.action_url else None,
        saga=_saga(tx, order),
    )


def _line(order: Order, line: OrderLine, named: Named) -> LineTold:
    hold = named.holds[line.hold_id] if line.hold_id else None
    zone = named.zones[hold.resource_id] if hold else None
    return LineTold(
        id=line.id,
        kind=line.kind,
        state=line.state,
        product=named.slugs[line.product_id],
        title=line.title,
        quantity=line.quantity,
        amount=Money.of(line.amount, order.currency),
        start=hold.starts_at.astimezone(zone) if hold else None,
        end=hold.ends_at.astimezone(zone) if hold else None,
    )


def _saga(tx: Tx, order: Order) -> SagaTold | None:
    told = sagas.engine().progress
    late = told(tx, "late_payment", order.number) if order.refusal else None
    progress = late or told(tx, "payment", order.number)
    if progress is None:
        return None
    steps = [
        StepTold(name=step.name, kind=step.kind, state=step.state, attempts=step.attempts) for step in progress.steps
    ]
    return SagaTold(state=progress.state, steps=steps)
