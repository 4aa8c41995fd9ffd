"""The archive: finished sagas leave the tables that every booking goes through, whole, and can still be read.

A saga in the archive counts as begun: its kind and key never begin a second one (store.BEGIN looks here, too).
"""

from datetime import datetime, timedelta

from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.ids import first_id_at
from portal.kernel.pipe import Row
from workers.engine.models import Saga

# Ids sort by the time they were made, and nothing ends before it began: whatever ended long ago stands at the front of
# the primary key.
MOVE = """
WITH old AS (
    SELECT id FROM sagas
    WHERE id < %(made_before)s AND ended_at < %(ended_before)s AND state IN ('done', 'compensated', 'handed_over')
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), kept AS (
    INSERT INTO saga_archive (id, kind, key, ended_at, record)
    SELECT s.id, s.kind, s.key, s.ended_at, to_jsonb(s) || jsonb_build_object(
        'calls', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY key), '[]') FROM saga_calls c WHERE saga_id = s.id)
    )
    FROM sagas s JOIN old USING (id)
    RETURNING id
), calls AS (
    DELETE FROM saga_calls USING kept WHERE saga_id = kept.id
), gone AS (
    DELETE FROM sagas USING kept WHERE sagas.id = kept.id RETURNING 1
)
SELECT count(*) FROM gone
"""
FIND = "SELECT record FROM saga_archive WHERE kind = %(kind)s AND key = %(key)s"


def archive(tx: Tx, *, now: datetime, age: timedelta, limit: int = 500) -> int:
    """Moves at most `limit` sagas that ended longer ago than `age`; how many it moved."""
    before = now - age
    given = {"made_before": first_id_at(before), "ended_before": before, "limit": limit}
    return int(wire.ask(tx, MOVE, given)[0][0])


def from_archive(row: Row) -> Saga:
    """The saga as it was, not attached to the session, of a row that FIND finds: text becomes times and ids again."""
    (record,) = row
    values = {}
    for column in Saga.__table__.columns:
        value = record.get(column.name)
        kind = column.type.python_type
        if isinstance(value, str) and kind is not str and hasattr(kind, "fromisoformat"):
            value = kind.fromisoformat(value)
        elif isinstance(value, str) and kind is not str:
            value = kind(value)
        values[column.name] = value
    return Saga(**values)
