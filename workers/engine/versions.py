"""Whether this code may drive the sagas under way: each goes on by the very table it began with, or not at all.

A worker that starts compares its book with the database. It refuses to start when a saga under way has a version that
the book no longer holds, or when a table was changed without a new version while sagas of it are under way.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, text

from portal.kernel.steps import External
from workers.engine.book import Book
from workers.engine.definition import Saga

UNDER_WAY = text(
    "SELECT kind, version, count(*) AS many FROM sagas WHERE next_at IS NOT NULL OR park_reason IS NOT NULL"
    " GROUP BY kind, version"
)
# Two workers that start at once must not both find the old fingerprint and write over each other.
KNOWN = text("SELECT kind, version, fingerprint FROM saga_versions FOR UPDATE")
NOTE = text(
    "INSERT INTO saga_versions (kind, version, fingerprint) VALUES (:kind, :version, :fingerprint)"
    " ON CONFLICT (kind, version) DO UPDATE SET fingerprint = excluded.fingerprint, noted_at = now()"
)


class Unfit(Exception):
    """This code must not drive what is under way; the sentences say why, and what to do."""


def check(connection: Connection, book: Book) -> None:
    """Notes the tables of the book. Raises Unfit when sagas under way could not go on by their own."""
    under_way = {(row.kind, row.version): row.many for row in connection.execute(UNDER_WAY)}
    known = {(row.kind, row.version): row.fingerprint for row in connection.execute(KNOWN)}
    faults = [_missing(*of, many) for of, many in under_way.items() if not book.find(*of)]
    for saga in book:
        of = (saga.name, saga.version)
        if of in under_way and known.get(of, fingerprint(saga)) != fingerprint(saga):
            faults.append(_changed(saga, under_way[of]))
    if faults:
        raise Unfit("\n".join(sorted(faults)))
    for saga in book:
        if known.get((saga.name, saga.version)) != fingerprint(saga):
            given = {"kind": saga.name, "version": saga.version, "fingerprint": fingerprint(saga)}
            connection.execute(NOTE, given)


def fingerprint(saga: Saga) -> str:
    """What a running saga relies on: the steps in their order, what they do and undo, and the command's fields.

    How patiently a step is tried is not part of it: that may change under a running saga.
    """
    table: Mapping[str, Any] = {
        "command": {field.name: str(field.type) for field in fields(saga.command)},
        "steps": [[step.name, step.kind.value, _name(step.do), _name(step.undo)] for step in saga.steps],
    }
    return hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()


def _name(function: Any) -> str | None:
    if isinstance(function, External):
        return function.name
    return function.__qualname__ if function else None


def _missing(kind: str, version: int, many: int) -> str:
    return (
        f"{many} {kind} {'saga is' if many == 1 else 'sagas are'} under way by version {version}, which this code does "
        f"not have. Keep version {version} in workers/sagas beside the newer one until they have ended."
    )


def _changed(saga: Saga, many: int) -> str:
    return (
        f"The table of {saga.name} version {saga.version} has changed while {many} of its sagas "
        f"{'is' if many == 1 else 'are'} under way. Keep version {saga.version} as it was and give the new table "
        f"version {saga.version + 1}."
    )
