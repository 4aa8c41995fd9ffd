"""Brings a catalog file into the house: every line, or none; again and again without doubling anything.

A product is known by its slug, a resource by its name or slug, a category by its way through the tree. A cell left
empty keeps what is there, or means the usual. Whatever its place in the file, the tree comes first, then definitions,
resources, products and their variants, and last what goes with what and what else serves it.

Of products and resources there are thousands: what is there is read at once, every line is tried in memory, and only
when all of them are good it is written.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from portal.domains import reservations
from portal.domains.catalog import edition
from portal.domains.resources import inventory
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid
from portal.kernel.fields import Faults
from portal.reports import everything_sold
from portal.seeds.columns import ATTRIBUTE, CATEGORY, PRODUCTS, RESOURCE, VALUE
from portal.seeds.faults import BadSheet, Problem
from portal.seeds.job import Arranging, Imported, Importing, noting
from portal.seeds.offers import import_resource, serve
from portal.seeds.products import bring_along, import_product
from portal.seeds.serving import parts_of
from portal.seeds.sheet import Line, read_sheet
from portal.seeds.shelving import arrange, category, import_attribute, import_category

Job = TypeVar("Job", Arranging, Importing)


def import_catalog(
    tx: Tx,
    data: bytes,
    *,
    now: datetime,
    currency: str = "KRW",
    time_zone: str = "Asia/Seoul",
    by: UUID | None = None,
) -> Imported:
    """Imports the file in the caller's transaction. Raises BadSheet with all problems, or Stale if somebody changes
    the same things meanwhile; the caller then rolls back.

    A line with a cell that cannot be read is tried with the others, so that what else is wrong is told at once.
    """
    lines, found = read_sheet(data)
    problems = Problems(lines, found)
    shelves = arrange(tx, now=now, by=by, done=Imported())
    problems.gather(shelves, import_category, (line for line in lines if line.kind == CATEGORY))
    problems.gather(shelves, import_attribute, (line for line in lines if line.kind == ATTRIBUTE))
    ways = (line for line in lines if line.kind in PRODUCTS and "category" in line.cells)
    problems.gather(shelves, _make_way, ways)
    with tx.no_autoflush:
        job = _read(shelves, lines, currency, time_zone)
        problems.gather(job, import_resource, (line for line in lines if line.kind == RESOURCE))
        products = [line for line in lines if line.kind in PRODUCTS]
        problems.gather(job, import_product, (line for line in products if "variant_of" not in line.cells))
        problems.gather(job, import_product, (line for line in products if "variant_of" in line.cells))
        problems.gather(job, bring_along, (line for line in products if "addons" in line.cells))
        problems.gather(job, serve, (line for line in products if "parts" in line.cells))
        problems.stop()
        edition.write(tx, job.edition, reason="import")
        inventory.write(tx, job.inventory)
    return job.done


class Problems:
    """What is wrong with the lines."""

    def __init__(self, lines: Iterable[Line], found: list[Problem]) -> None:
        self.found = found
        self.undefined = {VALUE + line.slug for line in lines if line.unread and line.kind in {ATTRIBUTE, ""}}
        """Columns of attributes with which something is wrong themselves: nothing is told of their values."""

    def gather(self, job: Job, act: Callable[[Job, Line], object], lines: Iterable[Line]) -> None:
        """Does this to each line and notes what is wrong with it."""
        for line in lines:
            try:
                act(job, line)
            except Invalid as fact:
                self._note(line, fact)

    def stop(self) -> None:
        """Raises BadSheet if anything was found."""
        if self.found:
            raise BadSheet(self.found)

    def _note(self, line: Line, fact: Invalid) -> None:
        for field, (text, params) in fact.faults.items():
            column = _column(field)
            if column not in line.unread | self.undefined:
                self.found.append(Problem(line.number, column, text, params))
        if line.kind == ATTRIBUTE:
            self.undefined.add(VALUE + line.slug)


def _column(field: str) -> str:
    """Where a fault of one among several is told."""
    kind, _dash, rest = field.partition("-")
    if rest.isdigit() and kind in {"part", "name"}:
        return "parts"
    return {"hours": "hours", "goods": "addons", "most": "addons", "attribute": VALUE + rest}.get(kind, field)


def _make_way(shelves: Arranging, line: Line) -> None:
    faults = Faults()
    with noting(faults, name="category"):
        category(shelves, line.cells["category"])
    faults.stop()


def _read(shelves: Arranging, lines: list[Line], currency: str, time_zone: str) -> Importing:
    """What there is of everything that the lines name."""
    tx, now = shelves.tx, shelves.now
    sold = [line for line in lines if line.kind in PRODUCTS]
    named = {line.slug for line in sold} | {line.cells["variant_of"] for line in sold if "variant_of" in line.cells}
    named |= {slug for line in sold for slug, _most in line.cells.get("addons", ())}
    products = edition.read(tx, named, now=now, by=shelves.by)
    places = {line.place for line in lines if "resource" in line.cells}
    places |= {slug for line in lines for part in line.cells.get("parts", ()) for slug in part.slugs}
    ids = [product.id for product in products.products.values()]
    booked = inventory.read(tx, places, ids, standing=reservations.starts_above, now=now, by=shelves.by)
    serving = any("parts" in line.cells for line in lines)
    parts = {id: parts_of(rows) for id, rows in everything_sold.parts(tx).items()} if serving else {}
    unclear = {name for line in lines if not line.kind for name in (line.slug, line.place)}
    return Importing(
        tx, now, currency, time_zone, shelves.done, shelves.paths, products, booked, parts, unclear=unclear
    )
