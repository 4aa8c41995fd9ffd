"""The database as a world of the protocol, and a diary of every change of the saga's row, written by a trigger."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, text

from tests.workers.engine.protocol.world import GONE, NOBODY, Call, Line, Row
from tests.workers.engine.protocol.world import World as Model
from tests.workers.engine.whatever.fickle import Booked, Fickle
from workers.engine import Saga

DIARY = """
CREATE TABLE toy_effects (id bigint GENERATED ALWAYS AS IDENTITY, what text);
CREATE TABLE toy_diary (id bigint GENERATED ALWAYS AS IDENTITY, before sagas, after sagas, at timestamptz, by int);
CREATE FUNCTION toy_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO toy_diary (before, after, at, by) VALUES (OLD, NEW, now(), pg_backend_pid()); RETURN NULL; END $$;
CREATE TRIGGER toy_note AFTER UPDATE ON sagas FOR EACH ROW EXECUTE FUNCTION toy_note();
"""
AWAY = "DROP TRIGGER toy_note ON sagas; DROP FUNCTION toy_note; DROP TABLE toy_diary; DROP TABLE toy_effects"

TURNS = """
SELECT id, by,
    (before).state, (before).position, (after).state AS state_then, (after).position AS position_then,
    (after).epoch - (before).epoch AS claims, (after).attempts - (before).attempts AS tries, (after).attempts,
    (before).owner IS NOT NULL AS owned, (before).owner IS NOT NULL AND (before).lease_until > at AS held,
    (before).owner IS NOT NULL AND (after).owner IS NULL AS given_back,
    (before).state <> (after).state OR (before).position <> (after).position
        OR (before).owner IS DISTINCT FROM (after).owner AS moved,
    (before).failing_since IS NOT NULL AS failing, (after).park_reason, (after).wakes, (after).next_at <= at AS due
FROM toy_diary WHERE id > :seen ORDER BY id
"""


WORLD = """
SELECT state, position, owner IS NOT NULL AS owned, lease_until > now() AS live, parked_from,
    verdict ->> 'as' AS verdict,
    (SELECT json_agg(json_build_array(step, outcome) ORDER BY seq, phase) FROM saga_steps) AS log,
    (SELECT json_agg(what ORDER BY id) FROM toy_effects WHERE what NOT LIKE 'mean %') AS effects,
    (SELECT json_agg(json_build_array(key, step, state) ORDER BY step, attempt) FROM saga_calls) AS calls
FROM sagas
"""


@contextmanager
def diary(engine: Engine) -> Iterator[None]:
    with engine.begin() as connection:
        connection.execute(text(DIARY))
    yield
    with engine.begin() as connection:
        connection.execute(text(AWAY))


def turns(reads: Engine, seen: int) -> list[Any]:
    """What was changed in the saga's row after the entry `seen`, oldest first."""
    with reads.connect() as connection:
        return list(connection.execute(text(TURNS), {"seen": seen}))


def world(reads: Engine, table: Saga, books: Fickle, word: str) -> Model:
    """What the database and the provider say now, in the words of the model; nobody's visit is shown."""
    at = {step.name: number for number, step in enumerate(table.steps)}
    with reads.connect() as connection:
        found = connection.execute(text(WORLD)).one()
    parked = found.state == "parked"
    return Model(
        row=Row(
            found.state,
            found.position,
            GONE if found.owned else NOBODY,
            bool(found.live),
            found.verdict or "",
            found.parked_from if parked else "",
        ),
        drivers=(),
        log=tuple(Line(at[step], outcome) for step, outcome in found.log or ()),
        effects=tuple(_effect(at, what) for what in found.effects or ()),
        calls=tuple(_call(at[step], state, books.books.get(key)) for key, step, state in found.calls or ()),
        word=word,
    )


def _effect(at: dict[str, int], what: str) -> Line:
    undoes = what.startswith("undo ")
    return Line(at[what.removeprefix("undo ")], "undone" if undoes else "done")


def _call(step: int, state: str, booked: Booked | None) -> Call:
    return Call(step, state, booked.answer, booked.times, booked.seen) if booked else Call(step, state)
