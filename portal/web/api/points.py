"""Points: what the caller has, and the ledger behind it."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from portal.domains import points
from portal.reports.bookings import numbers_of
from portal.web.api.callers import caller
from portal.web.api.calls import Answer, call
from portal.web.api.paging import Paged, cursor_of, page, row_after
from portal.web.api.shapes import Told
from portal.web.database import db


class EntryTold(Told):
    """`kind`: grant, use, use_cancelled, use_again, accrual, accrual_cancelled, expiry."""

    id: UUID
    at: datetime
    kind: str
    points: int = Field(description="What came (above zero) or went.")
    order: str | None
    note: str


class PointsTold(Told):
    """`available` = `balance` − `held`; what is held waits for a refund under way. May be below zero."""

    balance: int
    available: int
    held: int
    entries: list[EntryTold]
    next: str | None


@call("/points", scope="points:read", answers={200: PointsTold}, tag="Points")
def my_points(query: Paged) -> Answer:
    """Your points.

    The newest entries come first.
    """
    tx, owner = db.session(), caller().id
    balance = points.balance_of(tx, owner)
    found = points.entries_of(tx, owner, limit=query.limit + 1, before=row_after(query.cursor))
    shown, last = page(found, query.limit)
    numbers = numbers_of(tx, owner, [entry.order_id for entry in shown if entry.order_id])
    return PointsTold(
        balance=balance.balance,
        available=balance.available,
        held=balance.held,
        entries=[
            EntryTold(
                id=entry.id,
                at=entry.at,
                kind=entry.kind,
                points=entry.delta,
                order=numbers.get(entry.order_id) if entry.order_id else None,
                note=entry.note,
            )
            for entry in shown
        ],
        next=cursor_of(last.id) if last else None,
    )
