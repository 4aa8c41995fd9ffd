"""Holding a time: a customer chooses, and the units are theirs until the hold ends, is let go, or is paid for."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict
from uuid import UUID

from portal.domains import catalog
from portal.domains.reservations import claims, parts, rules, turns
from portal.domains.reservations.behind import EVERYBODY, Behind, refused
from portal.domains.reservations.changes import change, waiting
from portal.domains.reservations.errors import AlreadyYours, SlotTaken
from portal.domains.reservations.glance import glance, has_live
from portal.domains.reservations.models import Hold, Reservation
from portal.domains.reservations.queries import find_by_key, find_live
from portal.domains.reservations.terms import OnSale, Terms, calendar_from, terms_and_offer_with
from portal.domains.reservations.timetable import Span
from portal.kernel import questions, wire
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Fact, Invalid, KeyReused
from portal.kernel.ids import new_id

WAIT = timedelta(seconds=3)
"""How long a claim stands in the queue of its day before it is told to try again."""
NOT_ON_SALE = N_("This cannot be booked at the moment.")


class How(TypedDict):
    """How a claim is made: for how long, and behind whom."""

    lasting: timedelta
    behind: Behind


def hold(
    tx: Tx,
    *,
    account_id: UUID,
    product_id: UUID,
    starts_at: datetime,
    ends_at: datetime | None = None,
    quantity: int = 1,
    served_by: Collection[UUID] = (),
    now: datetime,
    minutes: int,
    idempotency_key: str | None = None,
    wait: timedelta = WAIT,
    behind: Behind = EVERYBODY,
) -> Hold:
    """Holds `quantity` units for `minutes`, at the price and the refund rule of this moment: all of them or none.

    `ends_at` may be left out where the length is fixed. `now` decides what is past, too soon, too far ahead and what it
    costs; the end of the hold is set and judged by the database's clock alone. `served_by` names resources, where the
    product lets people choose them; of every part that has no name in it any free one is taken.

    A key from outside has no blanks in it; those of our own acts have, so that nobody can use one up before us.
    The same idempotency key with the same request gives the same hold, whatever became of it; with another request it
    raises KeyReused. Without a key, choosing again what one already holds (a double click, the back button)
    gives that hold, and choosing it with another quantity or somebody else replaces it: people change their minds about
    how many and who, and nobody expects to pay for both.

    Where others wait in line for the time, what is free is theirs first; `behind` says whom that does not concern.

    Raises Invalid with faults on `product`, `start`, `end`, `quantity`, `with`; SlotTaken at once when it is full, as
    SlotWaitedFor where others wait for it; AlreadyYours where one person has one booking of a time at most and has it;
    SlotBusy when the turn did not come within `wait`. After these the caller's transaction is still good and nothing
    changed.
    """
    if faults := rules.zone_faults(starts_at, ends_at):
        raise Invalid(faults)
    wish = {
        "id": new_id(),
        "account_id": account_id,
        "product_id": product_id,
        "quantity": quantity,
        "idempotency_key": idempotency_key,
        "request_hash": _digest(product_id, starts_at, ends_at, quantity, served_by) if idempotency_key else None,
    }
    try:
        on_sale, seen = terms_and_offer_with(tx, product_id, starts_at, now, glance(wish, starts_at, ends_at))
        terms = judge(wish, on_sale, starts_at, ends_at, served_by, now)
        if terms.parts or not seen.in_vain:
            how = How(lasting=timedelta(minutes=minutes), behind=behind)
            return _queue_and_claim(tx, terms, wish, wait, how)
    except Fact:
        # A key that has made its hold is answered with it, whatever is so by now. Nearly all keys are new, so they are
        # looked up where the claim stumbles over them, and here, before anybody is refused.
        if idempotency_key and (known := _earlier(tx, wish)):
            return known
        raise
    raise _already(tx, terms, wish) or SlotTaken()


def judge(
    wish: dict[str, Any],
    on_sale: OnSale,
    starts_at: datetime,
    ends_at: datetime | None,
    served_by: Collection[UUID],
    now: datetime,
) -> Terms:
    """The terms by which the wish may be granted; adds to it what it comes to. Raises Invalid with every fault that
    can be told at once."""
    found, offer = on_sale
    if found is None or offer is None or offer.price is None or not offer.on_sale:
        raise Invalid({"product": NOT_ON_SALE})
    terms, closures = found
    terms, faults = parts.named(terms, served_by)
    if faults:
        raise Invalid(faults)
    terms, start, end = checked(terms, closures, starts_at, ends_at, wish["quantity"], now)
    cost = catalog.total_for(
        offer.price,
        quantity=wish["quantity"],
        minutes=(end - start) // rules.MINUTE,
        starts=start.astimezone(terms.zone),
    )
    wish |= {
        "starts_at": start,
        "ends_at": end,
        "amount": cost.amount,
        "currency": cost.currency,
        "refund_rule_id": offer.refund_rule_id,
        "served_by": "",
    }
    return terms


def checked(
    terms: Terms,
    closures: Sequence[Span],
    starts_at: datetime,
    ends_at: datetime | None,
    quantity: int,
    now: datetime,
) -> tuple[Terms, datetime, datetime]:
    """The start and the end in UTC, if they can be booked at `now`, and the terms with those who serve it then.
    Raises Invalid with every fault there is."""
    faults: dict[str, rules.Fault] = {}
    if fault := rules.quantity_fault(terms, quantity):
        faults["quantity"] = fault
    if fault := rules.start_fault(terms, starts_at, now):
        raise Invalid(faults | {"start": fault})
    start = starts_at.astimezone(UTC)
    if ends_at is None and not terms.length_is_fixed:
        raise Invalid(faults | {"end": N_("Choose when it ends.")})
    length = terms.min_length if ends_at is None else ends_at - start
    if fault := rules.length_fault(terms, length):
        raise Invalid(faults | {"end": fault})
    if terms.parts:
        terms, closed = parts.open_then(terms, start, start + length)
        faults |= closed
    else:
        day = start.astimezone(terms.zone).date()
        faults |= rules.calendar_faults(terms, calendar_from(terms, day, day, closures), start, start + length)
    if faults:
        raise Invalid(faults)
    return terms, start, start + length


def _queue_and_claim(tx: Tx, terms: Terms, wish: dict[str, Any], wait: timedelta, how: How) -> Hold:
    """Takes the turn and the units. Raises SlotTaken or SlotBusy, and then nothing is changed."""
    span = terms.padded(wish["starts_at"], wish["ends_at"])
    try:
        with wire.savepoint(tx):
            if terms.once_each:
                turns.be_one(tx, wish, wait=wait)
            if terms.parts:
                return _queue_for_parts(tx, terms, wish, span, wait, how)
            turn = turns.turn(terms, span, wait=wait)
            return claims.claim(tx, terms, wish, span, first=[turn], **how) or _claim_again(tx, terms, wish, span, how)
    except claims.NO as error:
        if fact := claims.fact_of(error):
            raise fact from error
        raise


def _queue_for_parts(tx: Tx, terms: Terms, wish: dict[str, Any], span: Span, wait: timedelta, how: How) -> Hold:
    """The same where one resource of each part is needed. Who sees at a glance that it is full does not queue."""
    seen = parts.choose(terms, parts.look(tx, terms, wish["starts_at"], span), wish["quantity"])
    if seen is None and not _earlier(tx, wish):
        raise _already(tx, terms, wish) or SlotTaken()
    turns.take_turns(tx, [(terms, span)], wait=wait)
    if made := parts.claim(tx, terms, wish, span, **how):
        return made
    if earlier := _earlier(tx, wish):
        if earlier.quantity == wish["quantity"] and parts.still_meant(terms, earlier):
            return earlier
        how = _replace(tx, earlier, wish, how)
        if made := parts.claim(tx, terms, wish, span, **how):
            return made
    raise _already(tx, terms, wish) or refused(tx, wish)


def _claim_again(tx: Tx, terms: Terms, wish: dict[str, Any], span: Span, how: How) -> Hold:
    """Why the claim came to nothing: the wish was granted before, or units are kept from it by holds that are over.

    Whose turn it is gives back what they chose before in another number and frees what has lapsed. Raises SlotTaken,
    in a rush after a second glance: others queue behind.
    """
    if questions.answer(tx, glance(wish, wish["starts_at"], wish["ends_at"])).in_vain:
        raise _already(tx, terms, wish) or SlotTaken()
    if earlier := _earlier(tx, wish):
        if earlier.quantity == wish["quantity"]:
            return earlier
        how = _replace(tx, earlier, wish, how)
    claims.release_lapsed(tx, terms.resource_id, span)
    if made := claims.claim(tx, terms, wish, span, **how):
        return made
    raise _already(tx, terms, wish) or refused(tx, wish)


def _replace(tx: Tx, earlier: Hold, wish: dict[str, Any], how: How) -> How:
    """Gives back what was chosen before, for a claim in its place: who wants no more than that takes nothing from
    those in line, and what is given back for more is nobody else's."""
    change(tx, Reservation.hold_id == earlier.id, waiting(), status="CANCELLED")
    fewer = wish["quantity"] <= earlier.quantity
    return How(lasting=how["lasting"], behind=replace(how["behind"], from_line=fewer, keeps=earlier.id))


def _already(tx: Tx, terms: Terms, wish: dict[str, Any]) -> AlreadyYours | None:
    return AlreadyYours() if terms.once_each and claims.has_one(tx, wish) else None


def _earlier(tx: Tx, wish: dict[str, Any]) -> Hold | None:
    """The hold that this very wish already made: by its key, or, without one, by person, product and time.

    Raises KeyReused.
    """
    if not wish["idempotency_key"]:
        return find_live(tx, wish) if has_live(tx, wish) else None
    known = find_by_key(tx, wish["account_id"], wish["idempotency_key"])
    if known and known.request_hash != wish["request_hash"]:
        raise KeyReused
    return known


def _digest(
    product_id: UUID, starts_at: datetime, ends_at: datetime | None, quantity: int, served_by: Collection[UUID]
) -> str:
    """The request as it was asked, so that a later change of the product does not make it another one."""
    end = ends_at.timestamp() if ends_at else ""
    asked = " ".join(map(str, [product_id, starts_at.timestamp(), end, quantity, *sorted(served_by)]))
    return hashlib.sha256(asked.encode()).hexdigest()
