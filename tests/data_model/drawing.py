"""Draws the tables as they are in the models: one overview, and one drawing for each room.

A drawing shows what its room owns. Where a key leads stands in its column; a line is drawn to a table of the same room
that stands beside it, so that no drawing has more lines than one can follow.
"""

from collections.abc import Mapping

from sqlalchemy import Column, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql

from tests.data_model.boxes import Box, Drawing, Row
from tests.data_model.rooms import PEOPLE, keys, owned, referred

USUAL = {"created_at", "updated_at", "version", "idempotency_key", "request_hash"}
"""Columns that are the same wherever they are."""
SHORT = {"timestamp with time zone": "timestamptz", "integer": "int", "boolean": "bool"}


def drawings() -> Mapping[str, str]:
    """Every drawing as SVG, by the name of its file."""
    return {"overview.svg": overview(), **{f"{room}.svg": drawing(room) for room in owned()}}


def overview() -> str:
    """The rooms with their tables, and who refers to whom."""
    to = referred()
    boxes = [
        Box(room, [Row(table.name) for table in tables], sorted(to[room] - {PEOPLE}))
        for room, tables in owned().items()
    ]
    return Drawing(boxes, width=158, gap=18).svg("The rooms and their tables")


def drawing(room: str) -> str:
    """The tables of one room with their columns, and the keys between them."""
    tables = owned()[room]
    beside = _beside(tables)
    return Drawing([Box(table.name, _rows(table, beside)) for table in tables]).svg(f"The tables of {room}")


def _beside(tables: list[Table]) -> Mapping[str, set[str]]:
    """To which tables of the same drawing a line is drawn from each: those that stand in the column left of it."""
    names, depth, ways = {table.name for table in tables}, {}, {}
    for table in tables:  # what others refer to comes first
        ways[table.name] = {key.referred_table.name for key in keys(table)} & names - {table.name}
        depth[table.name] = max((1 + depth[one] for one in ways[table.name]), default=0)
    return {name: {one for one in to if depth[one] == depth[name] - 1} for name, to in ways.items()}


def _rows(table: Table, beside: Mapping[str, set[str]]) -> list[Row]:
    first = {next(iter(key.columns)).name: key for key in keys(table)}
    rows = []
    for column in table.columns:
        if column.name in USUAL:
            continue
        key = first.get(column.name)
        to = key.referred_table.name if key and key.referred_table.name in beside[table.name] else ""
        many = not (key and _alone(table, [one.name for one in key.columns]))
        rows.append(Row(column.name, _note(table, column), column.primary_key, to, bool(column.nullable), many))
    return rows


def _note(table: Table, column: Column[object]) -> str:
    """Its type, or where it leads; a question mark where it may be empty."""
    ways = sorted({key.column.table.name for key in column.foreign_keys})
    leads = " ".join("→ itself" if way == table.name else f"→ {way}" for way in ways)
    kind = column.type.compile(postgresql.dialect()).lower()
    return (leads or SHORT.get(kind, kind)) + ("?" if column.nullable else "")


def _alone(table: Table, names: list[str]) -> bool:
    """Whether there is at most one row for each value of these columns."""
    unique = [list(one.columns.keys()) for one in table.constraints if isinstance(one, UniqueConstraint)]
    return names in [list(table.primary_key.columns.keys()), *unique]
