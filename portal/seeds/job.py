"""One import under way: what its lines share, and what it has done."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from portal.domains.catalog import Node
from portal.domains.catalog.edition import Edition
from portal.domains.resources.inventory import Inventory
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid
from portal.kernel.fields import Faults
from portal.seeds.serving import Serving
from portal.seeds.sheet import Line


@dataclass
class Imported:
    """What an import did."""

    created: int = 0
    updated: int = 0
    categories: int = 0
    resources: int = 0


@dataclass
class Arranging:
    """The tree, and what is defined in it: written line by line, because all else is told by them."""

    tx: Tx
    now: datetime
    by: UUID | None
    done: Imported
    tree: list[Node]
    paths: dict[tuple[str, ...], Node] = field(default_factory=dict)
    """Categories that are known by now, by the ways to them."""


@dataclass
class Importing:
    """What there are thousands of: changed in memory, and written when every line is good.

    `currency` and `time_zone` are what a line that says none means.
    """

    tx: Tx
    now: datetime
    currency: str
    time_zone: str
    done: Imported
    paths: dict[tuple[str, ...], Node]
    edition: Edition
    inventory: Inventory
    parts: dict[UUID, list[Serving]]
    """What else serves each product."""
    told: dict[str, Line] = field(default_factory=dict)
    """The line that first described each resource."""
    unclear: set[str] = field(default_factory=set)
    """Addresses of lines of which nobody can tell what they are: nobody is told besides that they are not there."""


@contextmanager
def noting(faults: Faults, **columns: str) -> Iterator[None]:
    """What is wrong in here is noted, and the rest of the line is tried all the same; `columns` say where a fault of a
    field is told."""
    try:
        yield
    except Invalid as fact:
        for name, (message, params) in fact.faults.items():
            faults.add(columns.get(name, name), message, **params)
