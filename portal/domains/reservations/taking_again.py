"""Taking the places of an order again that it had given back: the very ones, as long as nobody else has them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from portal.domains import catalog
from portal.domains.reservations import claims, parts, turns
from portal.domains.reservations.changes import change, kept
from portal.domains.reservations.errors import BookedMeanwhile, HoldEnded, NotBookable, SlotBusy, SlotTaken
from portal.domains.reservations.holding import WAIT, checked
from portal.domains.reservations.models import Hold, Reservation
from portal.domains.reservations.ordering import bind
from portal.domains.reservations.queries import holds, live_holds
from portal.domains.reservations.terms import Terms, terms_about
from portal.domains.reservations.timetable import Span
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid
from portal.kernel.ids import new_id

UNTIL_BOUND = timedelta(minutes=1)
"""How long a place that was claimed anew would last if the order, which has it a moment later, did not take it."""


def take_again(
    tx: Tx, *, account_id: UUID, order_id: UUID, hold_ids: Sequence[UUID], now: datetime, wait: timedelta = WAIT
) -> dict[UUID, UUID]:
    """Makes the times of these holds the order's again, all or none. Answers which hold has the place of which.

    What its customer still holds, or holds anew, is taken as it is; everything else is claimed by the rules that hold
    at `now`, so that what nobody could book now is not free. `unbind` without a minimum undoes it.

    Raises SlotTaken, NotBookable, BookedMeanwhile, or SlotBusy when the turn did not come within `wait`.
    """
    lost = holds(tx, hold_ids)
    basket = live_holds(tx, account_id)
    found = {hold.id: _take_out(basket, hold) for hold in lost}
    theirs = {lost_id: hold.id for lost_id, hold in found.items() if hold}
    if any(hold.starts_at <= now for hold in lost):
        raise NotBookable
    gone = [(hold, _terms(tx, hold, now)) for hold in lost if hold.id not in theirs]
    with _answered(tx):
        for hold, terms in sorted(gone, key=lambda one: one[0].product_id):
            if terms.once_each:
                turns.be_one(tx, {"account_id": account_id, "product_id": hold.product_id}, wait=wait)
        turns.take_turns(tx, [(terms, _span(terms, hold)) for hold, terms in gone], wait=wait)
        if any(_booked_meanwhile(tx, hold, besides=list(theirs.values())) for hold in lost):
            raise BookedMeanwhile
        anew = {hold.id: _claim(tx, terms, hold, order_id) for hold, terms in gone}
        bind(tx, account_id=account_id, hold_ids=[*theirs.values(), *anew.values()], order_id=order_id)
        change(tx, Reservation.hold_id.in_(anew.values()), expires_at=func.clock_timestamp())
    return theirs | anew


def _take_out(basket: list[Hold], lost: Hold) -> Hold | None:
    """The hold in the basket that is as good as the lost one: that very one, or one for the same wish."""
    same = [hold for hold in basket if hold.id == lost.id] or [hold for hold in basket if _wish(hold) == _wish(lost)]
    if not same:
        return None
    basket.remove(same[0])
    return same[0]


def _wish(hold: Hold) -> tuple[UUID, datetime, datetime, int]:
    return hold.product_id, hold.starts_at, hold.ends_at, hold.quantity


def _booked_meanwhile(tx: Tx, lost: Hold, *, besides: Sequence[UUID]) -> bool:
    """Whether its customer has another place at that time for the same thing: in an order, or in another number."""
    again = (
        select(Reservation.id)
        .join(Hold, Hold.id == Reservation.hold_id)
        .where(
            Hold.account_id == lost.account_id,
            Hold.product_id == lost.product_id,
            Hold.starts_at < lost.ends_at,
            Hold.ends_at > lost.starts_at,
            Hold.id.not_in(besides),
            kept(),
        )
    )
    return tx.execute(again.limit(1)).first() is not None


def _terms(tx: Tx, lost: Hold, now: datetime) -> Terms:
    """The terms of today, if they allow what was booked. Raises NotBookable."""
    found = terms_about(tx, lost.product_id, lost.starts_at)
    if found is None or not catalog.on_sale(tx, lost.product_id):
        raise NotBookable
    terms, closures = found
    served = {row.resource_id for row in lost.reservations}
    terms = parts.narrowed(terms, served)
    if served != (parts.ids(terms) if terms.parts else {terms.resource_id}):
        raise NotBookable
    try:
        terms, *_ = checked(terms, closures, lost.starts_at, lost.ends_at, lost.quantity, now)
    except Invalid as fault:
        raise NotBookable from fault
    return terms


@contextmanager
def _answered(tx: Tx) -> Iterator[None]:
    """All or nothing; what the database or a racer did in between is told as a fact."""
    try:
        with wire.savepoint(tx):
            yield
    except claims.NO as error:
        if fact := claims.fact_of(error):
            raise fact from error
        raise
    except HoldEnded as ended:
        raise SlotBusy from ended  # it ran out between two statements: a second look will see that


def _span(terms: Terms, hold: Hold) -> Span:
    return terms.padded(hold.starts_at, hold.ends_at)


def _claim(tx: Tx, terms: Terms, lost: Hold, order_id: UUID) -> UUID:
    """A hold of its own for the same wish, under the terms it was sold by: what is over stays written as it was.
    Raises SlotTaken.

    Its key says that it is no choice of its customer's, who may hold the same time in the basket.
    """
    wish = {name: getattr(lost, name) for name in ("account_id", "product_id", "starts_at", "ends_at", "quantity")}
    wish |= {"id": new_id(), "amount": lost.amount, "currency": lost.currency}
    wish |= {"refund_rule_id": lost.refund_rule_id, "served_by": lost.served_by}
    wish |= {"idempotency_key": f"late {order_id} {lost.id}", "request_hash": None}
    span, terms = _span(terms, lost), replace(terms, once_each=False)
    if terms.parts:
        made = parts.claim(tx, terms, wish, span, lasting=UNTIL_BOUND)
    else:
        claims.release_lapsed(tx, terms.resource_id, span)
        made = claims.claim(tx, terms, wish, span, lasting=UNTIL_BOUND)
    if made is None:
        raise SlotTaken
    return made.id
