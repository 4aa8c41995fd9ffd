"""Moving a booking to another time: the new time is taken while the old one stands, and both change hands at once.

Where the two overlap, the constraint allows no second row. So only what the booking does not have yet is taken, and
what it will have is written down (MovedPlace). The swap then frees the old time and widens the new one in a single
transaction: whoever comes in between waits for it, and finds the new time taken and the old one free.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from portal.domains.reservations import claims, parts, turns
from portal.domains.reservations.behind import EVERYBODY, IN_LINE, Behind, refused
from portal.domains.reservations.claims import HAS_ONE, Place
from portal.domains.reservations.errors import AlreadyYours, SlotTaken
from portal.domains.reservations.holding import WAIT, judge
from portal.domains.reservations.models import Hold
from portal.domains.reservations.rules import zone_faults
from portal.domains.reservations.terms import Terms, terms_and_offer
from portal.domains.reservations.timetable import Span
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid
from portal.kernel.ids import new_id

# A unit that one has already comes before any other: people stay where they are.
_OTHERS = claims.free_of_each(
    besides=" AND hold_id <> %(own)s", first="(asked.id, unit) NOT IN (SELECT resource_id, unit FROM own), "
)
# What is taken on a unit that one has already, then, is what is left of the new time without the old one: nothing, a
# piece, or one before and one behind it.
TAKE = f"""
WITH own AS (
    SELECT resource_id, unit, range_agg(during) AS had FROM reservations
    WHERE hold_id = %(own)s AND status <> 'CANCELLED' GROUP BY resource_id, unit
), free AS (
    {_OTHERS}
), in_line AS ({IN_LINE}), hold AS (
    INSERT INTO holds (
        id, account_id, product_id, resource_id, starts_at, ends_at, quantity, amount, currency, refund_rule_id,
        served_by, entry_id, revision, idempotency_key
    )
    SELECT %(id)s, account_id, product_id, %(of)s, %(starts_at)s, %(ends_at)s, quantity, %(amount)s, %(currency)s,
           %(refund_rule_id)s, %(served_by)s, coalesce(entry_id, id), revision + 1, %(idempotency_key)s
    FROM holds WHERE id = %(own)s AND (SELECT count(*) FROM free) = %(needed)s
      AND NOT EXISTS (SELECT 1 FROM in_line) AND NOT (%(once_each)s AND EXISTS ({HAS_ONE}))
    RETURNING id, account_id
), kept AS (
    INSERT INTO moved_places (hold_id, resource_id, unit, during)
    SELECT hold.id, resource_id, unit, tstzrange(%(from)s, %(until)s)
    FROM hold CROSS JOIN free JOIN own USING (resource_id, unit)
    WHERE had && tstzrange(%(from)s, %(until)s)
), rest AS (
    INSERT INTO reservations (id, hold_id, resource_id, unit, account_id, order_id, during)
    SELECT (CAST(%(ids)s AS uuid[]))[row_number() OVER (ORDER BY resource_id, unit, piece)], hold.id, resource_id, unit,
           hold.account_id, %(order_id)s, piece
    FROM hold CROSS JOIN free LEFT JOIN own USING (resource_id, unit)
    CROSS JOIN LATERAL unnest(
        tstzmultirange(tstzrange(%(from)s, %(until)s)) - coalesce(had, CAST('{{}}' AS tstzmultirange))
    ) AS piece
)
SELECT id FROM hold
"""  # noqa: S608  # the rule is our own words
PLACES = "SELECT count(*) FROM moved_places WHERE hold_id = %(to)s"
FREE_OLD = """
WITH places AS (
    SELECT id FROM reservations WHERE hold_id = %(own)s AND order_id = %(order_id)s AND status <> 'CANCELLED'
    ORDER BY id FOR UPDATE
)
UPDATE reservations SET status = 'CANCELLED', updated_at = now() FROM places WHERE reservations.id = places.id
"""
LET_GO_OF_PIECES = """
DELETE FROM reservations USING moved_places AS place
WHERE reservations.hold_id = %(to)s AND place.hold_id = %(to)s AND status = 'PENDING'
  AND (reservations.resource_id, reservations.unit) = (place.resource_id, place.unit)
"""
TAKE_WHOLE = """
INSERT INTO reservations (id, hold_id, resource_id, unit, account_id, order_id, during, status)
SELECT (CAST(%(ids)s AS uuid[]))[row_number() OVER (ORDER BY place.resource_id, unit)], hold_id, place.resource_id,
       unit, account_id, %(order_id)s, during, 'CONFIRMED'
FROM moved_places AS place JOIN holds ON holds.id = hold_id
WHERE hold_id = %(to)s AND NOT EXISTS (
    SELECT FROM reservations AS there
    WHERE there.hold_id = %(to)s AND (there.resource_id, there.unit) = (place.resource_id, place.unit)
      AND status = 'CONFIRMED'
)
"""
CONFIRM_NEW = """
UPDATE reservations SET status = 'CONFIRMED', updated_at = now()
WHERE hold_id = %(to)s AND order_id = %(order_id)s AND status = 'PENDING'
"""
GIVE_UP_NEW = """
UPDATE reservations SET status = 'CANCELLED', updated_at = now()
WHERE hold_id = %(to)s AND order_id = %(order_id)s AND status = 'PENDING'
"""


@dataclass(frozen=True)
class Offered:
    """A time that a booking may move to, as its product's rules have it now, and what it costs there."""

    starts_at: datetime
    ends_at: datetime
    amount: Decimal
    currency: str
    refund_rule_id: UUID | None


def offered(
    tx: Tx, own: Hold, *, starts_at: datetime, ends_at: datetime | None, served_by: Collection[UUID] = (), now: datetime
) -> Offered:
    """What the booking of this hold would be at another time: same product, same number. Whether it is free is not
    looked at. Raises Invalid with faults on `product`, `start`, `end`, `quantity`, `with`; AlreadyYours."""
    wish = _wish(own)
    terms = _judge(tx, wish, starts_at, ends_at, served_by, now)
    if terms.once_each and claims.has_one(tx, wish, besides=own.id):
        raise AlreadyYours
    return Offered(**{name: wish[name] for name in Offered.__dataclass_fields__})


def take_other(
    tx: Tx,
    own: Hold,
    *,
    order_id: UUID,
    key: str,
    starts_at: datetime,
    ends_at: datetime | None,
    served_by: Collection[UUID] = (),
    now: datetime,
    wait: timedelta = WAIT,
    behind: Behind = EVERYBODY,
) -> Hold:
    """Takes another time for the booking of this hold, for its order at once: it does not end by itself. What the
    booking has already counts as free; it keeps its units and people if it can. What others wait for in line is not
    taken from them; `behind` says whom that does not concern.

    Raises as `offered` does, and SlotTaken (SlotWaitedFor where others wait for it), or SlotBusy when the turn did not
    come within `wait`; then nothing is changed.
    """
    wish = _wish(own)
    terms = _judge(tx, wish, starts_at, ends_at, served_by, now)
    span = terms.padded(wish["starts_at"], wish["ends_at"])
    try:
        with wire.savepoint(tx):
            if terms.once_each:
                turns.be_one(tx, wish, wait=wait)
            turns.take_turns(tx, [(terms, span)], wait=wait)
            places, wish["served_by"] = _places(tx, terms, own, wish, span)
            given = claims.asked_of_each(places, places[0].resource_id, span)
            ids = [new_id() for _ in range(2 * given["needed"])]
            more = {"own": own.id, "ids": ids, "order_id": order_id, "idempotency_key": key}
            more |= {"once_each": terms.once_each, "besides": own.id, **behind.asked(terms)}
            if not wire.ask(tx, TAKE, {**wish, **given, **more}):
                raise _refused(tx, terms, wish, own)
    except claims.NO as error:
        if fact := claims.fact_of(error):
            raise fact from error
        raise
    return tx.get_one(Hold, wish["id"])


def swap(tx: Tx, *, order_id: UUID, own: UUID, to: UUID) -> None:
    """The booking is at its new time: the old one is free, in the same moment. Repeatable."""
    ((whole,),) = wire.ask(tx, PLACES, {"to": to})
    given = {"order_id": order_id, "own": own, "to": to}
    wire.later(tx, FREE_OLD, given)
    if whole:
        wire.later(tx, LET_GO_OF_PIECES, given)
        wire.later(tx, TAKE_WHOLE, {**given, "ids": [new_id() for _ in range(whole)]})
    wire.later(tx, CONFIRM_NEW, given)


def give_up(tx: Tx, *, order_id: UUID, to: UUID) -> None:
    """The booking stays where it is, and what was taken for it elsewhere is free. Repeatable."""
    wire.later(tx, GIVE_UP_NEW, {"order_id": order_id, "to": to})


def _refused(tx: Tx, terms: Terms, wish: dict[str, Any], own: Hold) -> AlreadyYours | SlotTaken:
    if terms.once_each and claims.has_one(tx, wish, besides=own.id):
        return AlreadyYours()
    return refused(tx, wish)


def _wish(own: Hold) -> dict[str, Any]:
    return {"id": new_id(), "account_id": own.account_id, "product_id": own.product_id, "quantity": own.quantity}


def _judge(
    tx: Tx,
    wish: dict[str, Any],
    starts_at: datetime,
    ends_at: datetime | None,
    served_by: Collection[UUID],
    now: datetime,
) -> Terms:
    if faults := zone_faults(starts_at, ends_at):
        raise Invalid(faults)
    on_sale = terms_and_offer(tx, wish["product_id"], starts_at, now)
    return judge(wish, on_sale, starts_at, ends_at, served_by, now)


def _places(tx: Tx, terms: Terms, own: Hold, wish: dict[str, Any], span: Span) -> tuple[list[Place], str]:
    """What to take of which resource, and who serves it, by name. Raises SlotTaken. Holds that are over are let go."""
    for resource_id in sorted(parts.ids(terms)) if terms.parts else [terms.resource_id]:
        claims.release_lapsed(tx, resource_id, span)
    if not terms.parts:
        return [Place(terms.resource_id, terms.units, own.quantity)], ""
    theirs = {row.resource_id for row in own.reservations}
    standing = parts.look(tx, terms, wish["starts_at"], span, besides=own.id)
    chosen = parts.choose(terms, standing, own.quantity, rather=theirs)
    if chosen is None:
        raise SlotTaken
    return parts.places_of(terms, chosen, own.quantity), parts.told(chosen)
