"""Reads what there is of many resources, a statement for each kind of thing."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select

from portal.domains.audit import Act
from portal.domains.resources.models import Offering, OpeningHours, Resource
from portal.domains.resources.parts import PartRules
from portal.domains.resources.places import Standing
from portal.domains.resources.rules import Hours
from portal.kernel.db import Tx, among

Days = tuple[date, date] | None
"""First and last day of hours that count then; None: of the usual week."""


@dataclass
class Inventory:
    """What is known of the resources, as it is to be by now; and what has to be written for it besides them."""

    now: datetime
    by: UUID | None
    standing: Standing
    """As places.py has it."""
    resources: dict[str, Resource]
    """By their short names."""
    ids: dict[UUID, Resource]
    """The same and those on which products of the edition are offered, by their ids."""
    weeks: dict[UUID, dict[Days, list[Hours]]]
    offerings: dict[UUID, Offering]
    """By the product that is offered."""

    new: dict[UUID, Resource] = field(default_factory=dict)
    units: dict[UUID, int] = field(default_factory=dict)
    """How many each had that has another number of them now."""
    openings: dict[tuple[UUID, Days], list[Hours]] = field(default_factory=dict)
    """Hours that are others now."""
    offered: list[Offering] = field(default_factory=list)
    """New ones."""
    homes: list[tuple[UUID, UUID]] = field(default_factory=list)
    """(product, resource): what is its own is not among the others that serve it."""
    parts: dict[UUID, tuple[Sequence[PartRules], Sequence[str]]] = field(default_factory=dict)
    """What else serves each product, where that is others now, and what the parts are called."""
    acts: list[Act] = field(default_factory=list)


def read(
    tx: Tx,
    slugs: Collection[str],
    product_ids: Collection[UUID],
    *,
    standing: Standing,
    now: datetime,
    by: UUID | None = None,
) -> Inventory:
    """The resources of these names and those on which these products are offered, with hours and rules. Whoever calls
    it has made sure that nobody else chooses a short name (catalog.edition.read)."""
    query = select(Offering).where(among(Offering.product_id, product_ids))
    offerings = {one.product_id: one for one in tx.scalars(query.execution_options(populate_existing=True))}
    named = among(Resource.slug, slugs), among(Resource.id, [one.resource_id for one in offerings.values()])
    found = tx.scalars(select(Resource).where(or_(*named)).execution_options(populate_existing=True))
    ids = {one.id: one for one in found}
    weeks: dict[UUID, dict[Days, list[Hours]]] = defaultdict(lambda: defaultdict(list))
    minutes, days = OpeningHours.minutes, OpeningHours.days
    columns = OpeningHours.weekday, func.lower(minutes), func.upper(minutes), func.lower(days), func.upper(days)
    hours = select(OpeningHours.resource_id, *columns).where(among(OpeningHours.resource_id, ids))
    for resource_id, *row in tx.execute(hours.order_by(OpeningHours.weekday, minutes)):
        one = Hours(*row)
        span = (one.since, one.until - timedelta(days=1)) if one.since and one.until else None
        weeks[resource_id][span].append(Hours(one.weekday, one.opens, one.closes))
    return Inventory(now, by, standing, {one.slug: one for one in ids.values()}, ids, weeks, offerings)
