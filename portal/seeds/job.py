"""One import under way: what its lines share, and what it has done."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from portal.kernel.db import Tx
from portal.seeds.sheet import Line


@dataclass
class Imported:
    """What an import did."""

    created: int = 0
    updated: int = 0
    categories: int = 0
    resources: int = 0


@dataclass
class Importing:
    """`currency` and `time_zone` are what a line that says none means."""

    tx: Tx
    now: datetime
    currency: str
    time_zone: str
    by: UUID | None
    done: Imported = field(default_factory=Imported)
    told: dict[str, Line] = field(default_factory=dict)
    """The line that first described each resource."""
    paths: dict[tuple[str, ...], UUID] = field(default_factory=dict)
    """Categories that are known by now."""
