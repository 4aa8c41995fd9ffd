"""What is booked where staff want to close: shown before anything is written, so that they decide."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import request

from portal.domains import catalog, identity, reservations, resources
from portal.domains.reservations import Concerned
from portal.kernel import clock
from portal.kernel.db import Tx

MOST_SHOWN = 50
ANYWAY = "anyway"
"""The box under the list: do it all the same."""


class Booked(Exception):
    """Something is booked then, and nobody has said that it shall be closed all the same. It undoes what was done."""

    def __init__(self, concerned: Sequence[Concerned]) -> None:
        super().__init__()
        self.concerned = concerned


def decided() -> bool:
    """Whether staff have seen the list and want it all the same."""
    return bool(request.form.get(ANYWAY))


def look_first(tx: Tx, resource_id: UUID, spans: Iterable[tuple[datetime, datetime]]) -> None:
    """Raises Booked if something is booked in one of these spans."""
    if not decided() and (found := reservations.within(tx, resource_id, spans, limit=MOST_SHOWN)):
        raise Booked(found)


def look_at_hours(
    tx: Tx, resource_id: UUID, before: Sequence[resources.Hours], after: Sequence[resources.Hours]
) -> None:
    """Raises Booked if something is booked that only the earlier hours had."""
    if decided():
        return
    zone = clock.zone(resources.get_resource(tx, resource_id).time_zone)
    found = reservations.left_outside(tx, resource_id, before, after, zone=zone, now=clock.now(), limit=MOST_SHOWN)
    if found:
        raise Booked(found)


def look_at_clock(tx: Tx, resource_id: UUID, before: str) -> None:
    """Raises Booked if something is booked that its hours had on the clock it had before, and have not on its own."""
    zones = {"zone": clock.zone(resources.get_resource(tx, resource_id).time_zone), "zone_before": clock.zone(before)}
    if decided() or zones["zone"] is zones["zone_before"]:
        return
    hours = resources.all_hours_of(tx, resource_id)
    found = reservations.left_outside(tx, resource_id, hours, hours, **zones, now=clock.now(), limit=MOST_SHOWN)
    if found:
        raise Booked(found)


def told(tx: Tx, concerned: Iterable[Concerned], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Bookings as staff look for them."""
    found = list(concerned)
    names = identity.names_of(tx, {one.account_id for one in found})
    products = {id: catalog.get_product(tx, id).name for id in {one.product_id for one in found}}
    return [
        {
            "start": one.starts_at.astimezone(zone),
            "who": names.get(one.account_id, ""),
            "what": products[one.product_id],
            "n": one.quantity,
        }
        for one in found
    ]
