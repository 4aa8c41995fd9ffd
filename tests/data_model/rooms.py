"""Which tables there are, by the room that owns them: read from the models, so that none can be forgotten."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import ForeignKeyConstraint, Table

import portal.tables  # noqa: F401  # registers the tables
import workers.engine.models  # noqa: F401  # registers the engine's tables
from portal.kernel.db import Base

PEOPLE = "identity"
"""Nearly every room refers to it; an arrow from each would hide the others."""


def owned() -> Mapping[str, Sequence[Table]]:
    """The tables of each room (catalog, identity.tokens, engine): what others refer to first, else by name."""
    room = {str(mapper.local_table): _room(mapper.class_.__module__) for mapper in Base.registry.mappers}
    found: dict[str, list[Table]] = defaultdict(list)
    for table in Base.metadata.sorted_tables:
        found[room[table.name]].append(table)
    return dict(sorted(found.items()))


def owners() -> Mapping[str, str]:
    """The room of each table."""
    return {table.name: room for room, tables in owned().items() for table in tables}


def keys(table: Table) -> Sequence[ForeignKeyConstraint]:
    """The foreign keys of a table, in an order that does not change."""
    return sorted(table.foreign_key_constraints, key=lambda key: list(key.column_keys))


def referred() -> Mapping[str, frozenset[str]]:
    """The rooms each room refers to by a foreign key, without those it reaches through another one of them."""
    of = owners()
    direct = {
        room: {of[key.referred_table.name] for table in tables for key in keys(table)} - {room}
        for room, tables in owned().items()
    }
    return {
        room: frozenset(one for one in to if not any(one in _reached(direct, other) for other in to - {one}))
        for room, to in direct.items()
    }


def _reached(direct: Mapping[str, set[str]], room: str) -> set[str]:
    """Every room on the ways from this one, itself left out."""
    found: set[str] = set()
    waiting = [*direct[room]]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += direct[here]
    return found


def _room(module: str) -> str:
    """portal.domains.identity.tokens.models → identity.tokens; workers.engine.models → engine."""
    return module.removeprefix("portal.domains.").removeprefix("workers.").rpartition(".")[0]
