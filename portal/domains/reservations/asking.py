"""Asking without taking: whether something could be booked, whether there is room, who has a place already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.domains import catalog
from portal.domains.reservations import parts, rules
from portal.domains.reservations.behind import Room
from portal.domains.reservations.changes import KEPT, kept
from portal.domains.reservations.holding import NOT_ON_SALE, checked
from portal.domains.reservations.models import Hold, Reservation
from portal.domains.reservations.terms import Terms, terms_about
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid

# A product that several resources serve is always worth a closer look, which only the claim itself takes.
ROOM = f"""
SELECT wish.at
FROM unnest(
    CAST(%(products)s AS uuid[]), CAST(%(starts)s AS timestamptz[]), CAST(%(ends)s AS timestamptz[]),
    CAST(%(quantities)s AS int[])
) WITH ORDINALITY AS wish (product_id, starts_at, ends_at, quantity, at)
JOIN offerings ON offerings.product_id = wish.product_id
JOIN resources ON resources.id = offerings.resource_id AND withdrawn_at IS NULL
WHERE EXISTS (SELECT 1 FROM offering_places WHERE offering_places.product_id = wish.product_id)
   OR wish.quantity <= units - (
        SELECT count(DISTINCT unit) FROM reservations
        WHERE reservations.resource_id = resources.id AND during && tstzrange(
            wish.starts_at - make_interval(mins => buffer_before), wish.ends_at + make_interval(mins => buffer_after)
        ) AND status <> 'CANCELLED' AND {KEPT}
   )
"""  # noqa: S608  # the rule is our own words


@dataclass(frozen=True)
class Asked:
    """What could be held, were it free; `free` says whether it is. `resource_id`: whose clock and place are told."""

    resource_id: UUID
    starts_at: datetime
    ends_at: datetime
    free: bool


def asked(
    tx: Tx, *, product_id: UUID, starts_at: datetime, ends_at: datetime | None, quantity: int, now: datetime
) -> Asked:
    """The time, if it could be booked at `now` by these rules, full or not. Raises Invalid as `hold` does."""
    if faults := rules.zone_faults(starts_at, ends_at):
        raise Invalid(faults)
    found = terms_about(tx, product_id, starts_at)
    if found is None or catalog.price_at(tx, product_id, now) is None or not catalog.on_sale(tx, product_id):
        raise Invalid({"product": NOT_ON_SALE})
    terms, start, end = checked(*found, starts_at, ends_at, quantity, now)
    return Asked(terms.resource_id, start, end, _is_free(tx, terms, Room(product_id, start, end, quantity)))


def with_room(tx: Tx, wishes: Sequence[Room]) -> list[Room]:
    """Those of the wishes for which there may be room at this moment: a hint, in one statement."""
    if not wishes:
        return []
    given = {
        "products": [wish.product_id for wish in wishes],
        "starts": [wish.starts_at for wish in wishes],
        "ends": [wish.ends_at for wish in wishes],
        "quantities": [wish.quantity for wish in wishes],
    }
    return [wishes[at - 1] for (at,) in wire.ask(tx, ROOM, given)]


def has_since(tx: Tx, account_id: UUID, product_id: UUID, starts_at: datetime, ends_at: datetime, since: UUID) -> bool:
    """Whether this person has come by a place of the product at that time since this id was made: holds it, or booked
    it."""
    mine = (
        select(Hold.id)
        .join(Reservation, Reservation.hold_id == Hold.id)
        .where(
            Hold.account_id == account_id,
            Hold.product_id == product_id,
            Hold.starts_at < ends_at,
            Hold.ends_at > starts_at,
            Hold.id > since,
            kept(),
        )
    )
    return tx.execute(mine.limit(1)).first() is not None


def _is_free(tx: Tx, terms: Terms, wish: Room) -> bool:
    if not terms.parts:
        return bool(with_room(tx, [wish]))
    span = terms.padded(wish.starts_at, wish.ends_at)
    return parts.choose(terms, parts.look(tx, terms, wish.starts_at, span), wish.quantity) is not None
