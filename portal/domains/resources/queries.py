"""Reads resources, their week, their closures, and what is offered on them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range

from portal.domains.resources.models import Closure, Offering, OpeningHours, Resource
from portal.domains.resources.rules import Hours, Span
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound


@dataclass(frozen=True)
class ClosedTime:
    """A closure as it is read: an instant to an instant, and why."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    reason: str


def get_resource(tx: Tx, resource_id: UUID) -> Resource:
    """The resource, withdrawn or not. Raises NotFound."""
    resource = tx.get(Resource, resource_id)
    if resource is None:
        raise NotFound
    return resource


def find_resource(tx: Tx, slug: str) -> Resource | None:
    """The resource of that name, withdrawn or not."""
    return tx.scalar(select(Resource).where(Resource.slug == slug))


def list_resources(tx: Tx, *, withdrawn: bool = False, limit: int = 500) -> list[Resource]:
    """Resources by name; with `withdrawn`, those too that are out of use."""
    query = select(Resource).order_by(func.lower(Resource.name), Resource.id).limit(limit)
    return list(tx.scalars(query if withdrawn else query.where(Resource.withdrawn_at.is_(None))))


def offering_of(tx: Tx, product_id: UUID) -> Offering | None:
    """On what, and by which rules, the product can be booked; None if it cannot be."""
    query = select(Offering).join(Resource, Resource.id == Offering.resource_id)
    query = query.where(Offering.product_id == product_id, Resource.withdrawn_at.is_(None))
    return tx.scalar(query.order_by(Offering.id).limit(1))


def offerings_on(tx: Tx, resource_id: UUID) -> list[Offering]:
    """Everything that is offered on the resource."""
    return list(tx.scalars(select(Offering).where(Offering.resource_id == resource_id).order_by(Offering.id)))


def hours_of(tx: Tx, resource_id: UUID) -> list[Hours]:
    """Its week in order."""
    minutes = OpeningHours.minutes
    query = select(OpeningHours.weekday, func.lower(minutes), func.upper(minutes))
    rows = tx.execute(query.where(OpeningHours.resource_id == resource_id).order_by(OpeningHours.weekday, minutes))
    return [Hours(*row) for row in rows]


def closures_of(tx: Tx, resource_id: UUID, *, within: Span, limit: int = 1000) -> list[ClosedTime]:
    """Its closures that touch the span, in order."""
    during = Closure.during
    query = select(Closure.id, func.lower(during), func.upper(during), Closure.reason)
    touched = during.overlaps(Range(*within, bounds="[)"))
    rows = tx.execute(query.where(Closure.resource_id == resource_id, touched).order_by(during).limit(limit))
    return [ClosedTime(*row) for row in rows]
