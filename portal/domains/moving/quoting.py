"""What moving a booking to another time would come to, to the won and the point; nothing is taken or written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from portal.domains import catalog, points, refunds, reservations
from portal.domains.moving import rules
from portal.domains.moving.errors import NotMovable, SameTime, UnderWay
from portal.domains.orders import Order, OrderLine
from portal.domains.refunds import policy
from portal.domains.reservations import Hold
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

OPEN = ("requested", "approved")
"""Refunds that somebody has not decided about, or whose money is not on its way."""
UNFINISHED = ("processing", "awaiting_payment", "refunding")
"""Orders of which something is still to come."""


@dataclass(frozen=True)
class Wish:
    """Where a booking shall go: another start, another end where its length is free, other people where one may choose.
    Without an end it stays as long as it is."""

    starts_at: datetime
    ends_at: datetime | None = None
    served_by: Collection[UUID] = ()


@dataclass(frozen=True)
class House:
    """What the house says of moving: hours before the start (None: as long as all of it would come back), and what a
    charge earns. `by_staff`: at any time before the start, and never dearer than it was."""

    hours: int | None = None
    points_rate: Decimal = Decimal("0.01")
    pay_within: int = 1800
    by_staff: bool = False


@dataclass(frozen=True)
class Quote:
    """The booking, where it would go, and the difference; points that would be earned or go with it."""

    line: OrderLine
    own: Hold
    to: reservations.Offered
    wish: Wish
    difference: rules.Difference
    earned: int
    unearned: int
    currency: str

    @property
    def shown(self) -> str:
        """The difference as one word, to notice that it has changed since it was shown."""
        said = self.difference
        return f"{said.charge:.2f} {said.amount:.2f} {said.points} {self.earned - self.unearned}"


def quote(tx: Tx, order: Order, line_id: UUID, wish: Wish, *, house: House, now: datetime) -> Quote:
    """Works it out. Raises NotFound, NotMovable, UnderWay, SameTime, or Invalid as `reservations.offered` does."""
    line, own = booking(tx, order, line_id)
    check(tx, order, line, own, house=house, now=now)
    wish = _as_long(own, wish)
    to = reservations.offered(
        tx, own, starts_at=wish.starts_at, ends_at=wish.ends_at, served_by=wish.served_by, now=now
    )
    if (to.starts_at, to.ends_at) == (own.starts_at, own.ends_at) and not _others(own, wish):
        raise SameTime
    if to.currency != order.currency:
        raise NotMovable
    found = rules.difference(line.charge_share, line.points_share, to.amount, at_no_cost=house.by_staff)
    return Quote(
        line=line,
        own=own,
        to=to,
        wish=wish,
        difference=found,
        earned=points.accrual_for(found.charge, house.points_rate),
        unearned=policy.accrual_back(order.points_accrued, order.charge - order.refunded, found.amount),
        currency=order.currency,
    )


def booking(tx: Tx, order: Order, line_id: UUID) -> tuple[OrderLine, Hold]:
    """The line of this order and its hold. Raises NotFound, also for what is no booking."""
    line = next((one for one in order.lines if one.id == line_id and one.hold_id), None)
    if line is None or line.hold_id is None:
        raise NotFound
    (own,) = reservations.holds(tx, [line.hold_id])
    return line, own


def check(tx: Tx, order: Order, line: OrderLine, own: Hold, *, house: House, now: datetime) -> None:
    """Raises NotMovable, or UnderWay, where the booking cannot move now, whatever the time."""
    if line.state == "cancelled" or order.state not in {"completed", *UNFINISHED}:
        raise NotMovable
    until = last_moment(tx, line, own, house)
    if until is None or now > until or own.starts_at <= now:
        raise NotMovable
    if order.state in UNFINISHED or any(one.state not in {"active", "cancelled"} for one in order.lines):
        raise UnderWay
    if any(refund.state in OPEN for refund in refunds.refunds_of(tx, order.id)):
        raise UnderWay


def movable(
    tx: Tx, order: Order, *, house: House, now: datetime, starts: Mapping[UUID, datetime] | None = None
) -> set[UUID]:
    """The lines that may move now, as far as the order itself says: whether a refund is open is not looked at.

    `starts`: when each of its holds begins, for whoever has read them.
    """
    standing = [line for line in order.lines if line.state != "cancelled"]
    if order.state != "completed" or any(line.state != "active" for line in standing):
        return set()
    terms = catalog.terms_of_rules(tx, [line.refund_rule_id for line in standing])
    if starts is None:
        chosen = reservations.choices(tx, [line.hold_id for line in standing if line.hold_id])
        starts = {one.id: one.starts_at for one in chosen}
    found = set()
    for line in standing:
        if line.hold_id and (start := starts[line.hold_id]) > now:
            until = start if house.by_staff else rules.movable_until(terms[line.refund_rule_id], start, house.hours)
            found |= {line.id} if until and now <= until else set()
    return found


def last_moment(tx: Tx, line: OrderLine, own: Hold, house: House) -> datetime | None:
    """Until when it may move; None: never."""
    if house.by_staff:
        return own.starts_at
    terms = catalog.terms_of_rules(tx, [line.refund_rule_id])[line.refund_rule_id]
    return rules.movable_until(terms, own.starts_at, house.hours)


def _as_long(own: Hold, wish: Wish) -> Wish:
    length: timedelta = own.ends_at - own.starts_at
    return Wish(wish.starts_at, wish.ends_at or wish.starts_at + length, wish.served_by)


def _others(own: Hold, wish: Wish) -> bool:
    """Whether somebody is wished for who does not serve it now."""
    return not set(wish.served_by) <= {row.resource_id for row in own.reservations}
