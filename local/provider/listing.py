"""Cuts lists into pages, newest first, the way all of Stripe's lists work."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.provider.answer import Answer
from local.provider.books import Tx
from local.provider.errors import invalid, no_such
from local.provider.params import Params

BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def page(
    tx: Tx,
    params: Params,
    table: str,
    url: str,
    where: Mapping[str, Sequence[Any]],
    shape: Callable[[sqlite3.Row], dict[str, Any]],
) -> Answer:
    """`where` maps SQL conditions to their values; limit, cursors and `created` are read from the parameters."""
    limit = params.integer("limit", least=1, most=100) or 10
    conditions = {**where, **_created(params), **_cursors(tx, params, table)}
    backwards = params.text("ending_before") is not None
    rows = tx.execute(
        f"SELECT * FROM {table} WHERE {' AND '.join(conditions) or 'true'} "  # noqa: S608  # all names are our own
        f"ORDER BY seq {'ASC' if backwards else 'DESC'} LIMIT ?",
        [value for values in conditions.values() for value in values] + [limit + 1],
    ).fetchall()
    shown = rows[:limit][::-1] if backwards else rows[:limit]
    data = [shape(row) for row in shown]
    return Answer(200, {"object": "list", "url": url, "has_more": len(rows) > limit, "data": data})


def _created(params: Params) -> dict[str, Sequence[Any]]:
    """Whole seconds, as `created[gte]=5`."""
    bounds = params.group("created")
    if bounds is None:
        return {}
    bounds.allow(*BOUNDS)
    asked = {sign: bounds.integer(name, least=0, most=10**12) for name, sign in BOUNDS.items()}
    return {f"created_ms / 1000 {sign} ?": [second] for sign, second in asked.items() if second is not None}


def _cursors(tx: Tx, params: Params, table: str) -> dict[str, Sequence[Any]]:
    after, before = params.text("starting_after"), params.text("ending_before")
    if after and before:
        raise invalid("You may use starting_after or ending_before, not both.", "ending_before")
    conditions: dict[str, Sequence[Any]] = {}
    for name, sign, cursor in (("starting_after", "<", after), ("ending_before", ">", before)):
        if cursor is not None:
            row = tx.execute(f"SELECT seq FROM {table} WHERE id = ?", (cursor,)).fetchone()  # noqa: S608  # as above
            if row is None:
                raise no_such(table.removesuffix("s"), cursor, name, 400)
            conditions[f"seq {sign} ?"] = [row["seq"]]
    return conditions
