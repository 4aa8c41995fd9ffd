"""The engine as the portal sees it (portal.kernel.sagas.Engine): begin, progress, wake, resume.

Only `begin` needs a book of sagas; nothing here drives one. A doorbell is rung after the commit, and if it cannot be
heard the sweep comes by anyway.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from portal.kernel import log, questions, rows, wire
from portal.kernel.db import Tx, after_commit
from portal.kernel.ids import new_id
from portal.kernel.sagas import Progress, StepProgress, Verdict
from workers.engine import store
from workers.engine.archive import FIND as ARCHIVED
from workers.engine.archive import from_archive
from workers.engine.book import Book
from workers.engine.definition import PIVOT
from workers.engine.definition import Saga as Table
from workers.engine.lines import Written, read
from workers.engine.models import AT_REST, CALLED, Saga

Ring = Callable[[UUID], object]


FIND = f"SELECT {rows.columns(Saga)} FROM sagas WHERE kind = %(kind)s AND key = %(key)s"  # noqa: S608  # our own words
STATE = """
SELECT state FROM sagas WHERE kind = %(kind)s AND key = %(key)s
UNION ALL SELECT record ->> 'state' FROM saga_archive WHERE kind = %(kind)s AND key = %(key)s LIMIT 1
"""
WAKE = f"""
WITH woken AS (
    UPDATE sagas SET wakes = wakes + 1, next_at = now()
    WHERE kind = %(kind)s AND key = %(key)s AND state NOT IN ({", ".join(f"'{state}'" for state in AT_REST)})
    RETURNING id
)
SELECT woken.id, state FROM sagas LEFT JOIN woken USING (id) WHERE kind = %(kind)s AND key = %(key)s
"""  # noqa: S608  # our own words
PARKED = Saga.state == "parked"
TAKEN_UP: Mapping[str, Any] = {
    "state": Saga.parked_from,
    "parked_from": None,
    "park_reason": None,
    "failing_since": None,
    "attempts": 0,
    "next_at": func.now(),
}


class SagaPort:
    """Begins sagas and tells how far they are. `ring` wakes a worker; it may fail, and nothing is lost."""

    def __init__(self, book: Book, ring: Ring) -> None:
        self.book = book
        self._ring = ring

    def begin(self, tx: Tx, kind: str, key: str, command: Mapping[str, Any]) -> None:
        """Writes a saga of the newest version. The same kind and key again changes nothing, even if it was archived."""
        table = self.book.newest(kind)
        checked = table.adapter.validate_python(dict(command))
        saga_id = new_id()
        written = table.adapter.dump_json(checked).decode()
        store.begin(tx, saga_id, kind, table.version, key, written, table.deadline)
        self._ring_later(tx, saga_id)

    def wake(self, tx: Tx, kind: str, key: str) -> bool:
        """Makes the saga due now; a driver that holds it looks again when it is through.

        News from outside also takes up a saga that was parked because nobody knew what became of its call.
        """
        for woken, state in wire.ask(tx, WAKE, {"kind": kind, "key": key}):
            if woken:
                self._ring_later(tx, woken)
                return True
            return state == "parked" and self._stir(tx, kind, key, PARKED & Saga.parked_from.in_(CALLED), **TAKEN_UP)
        return False

    def resume(self, tx: Tx, kind: str, key: str) -> bool:
        """Sends a parked saga on from where it was laid aside."""
        return self._stir(tx, kind, key, PARKED, **TAKEN_UP)

    def resolve(self, tx: Tx, kind: str, key: str, verdict: Verdict) -> bool:
        """Lets the next visit go by a person's verdict. False unless a call's answer is unknown and nobody drives.

        Raises ValueError for a verdict that the step at hand cannot take: behind the pivot nothing is refused.
        """
        saga = tx.execute(select(Saga).where(Saga.kind == kind, Saga.key == key).with_for_update()).scalar_one_or_none()
        table = self.book.find(saga.kind, saga.version) if saga else None
        if saga is None or table is None or saga.ended_at is not None:
            return False
        if verdict.answer == "refused" and table.steps[saga.position].kind is not PIVOT:
            raise ValueError("behind the pivot nothing is refused")
        given = {"as": verdict.answer, "output": dict(verdict.output), "reason": verdict.reason}
        free = func.coalesce(Saga.lease_until, func.now()) <= func.now()
        return self._stir(
            tx, kind, key, PARKED & Saga.parked_from.in_(CALLED), **TAKEN_UP, verdict=given
        ) or self._stir(tx, kind, key, Saga.state.in_(CALLED) & free, next_at=func.now(), verdict=given)

    def hand_over(self, tx: Tx, kind: str, key: str) -> bool:
        """Ends a parked saga that another one finishes. False unless it is parked and no call of it is unanswered."""
        over = {"state": "handed_over", "park_reason": None, "ended_at": func.now()}
        return self._move(tx, kind, key, PARKED & Saga.parked_from.notin_(CALLED), **over) is not None

    def progress(self, tx: Tx, kind: str, key: str) -> Progress | None:
        """How far a saga is, row by row of its table."""
        return questions.answer(tx, self.progress_question(tx, kind, key))

    def progress_question(self, tx: Tx, kind: str, key: str) -> questions.Question[Progress | None]:
        """The same for whoever has more to ask."""
        given = {"kind": kind, "key": key}
        return questions.Question(FIND, given, partial(self._progress, tx), more=[(ARCHIVED, given)])

    def _progress(self, tx: Tx, running: questions.Rows, archived: questions.Rows) -> Progress | None:
        if not running and not archived:
            return None
        saga = rows.known(tx, Saga, running[0]) if running else from_archive(archived[0])
        table = self.book.find(saga.kind, saga.version)
        return Progress(
            id=saga.id,
            kind=saga.kind,
            key=saga.key,
            state=saga.state,
            attempts=saga.attempts,
            next_at=saga.next_at,
            park_reason=saga.park_reason,
            refusal=saga.refusal,
            parked_from=saga.parked_from,
            begun_at=saga.begun_at,
            failing_since=saga.failing_since,
            command=saga.command,
            steps=_rows(table, saga, {(line.step, line.phase): line for line in read(saga.log)}) if table else [],
        )

    def state(self, kind: str, key: str) -> questions.Question[str | None]:
        """What asks for the state alone, wherever the saga is kept by now; None if there is none."""
        return questions.Question(STATE, {"kind": kind, "key": key}, lambda found: str(found[0][0]) if found else None)

    def _stir(self, tx: Tx, kind: str, key: str, where: Any, **values: Any) -> bool:
        moved = self._move(tx, kind, key, where, **values)
        if moved is not None:
            self._ring_later(tx, moved)
        return moved is not None

    def _move(self, tx: Tx, kind: str, key: str, where: Any, **values: Any) -> UUID | None:
        return tx.execute(
            update(Saga)
            .where(Saga.kind == kind, Saga.key == key, where)
            .values(values)
            .returning(Saga.id)
            .execution_options(synchronize_session=False)
        ).scalar()

    def _ring_later(self, tx: Tx, saga_id: UUID) -> None:
        after_commit(tx, lambda: self._try_to_ring(saga_id))

    def _try_to_ring(self, saga_id: UUID) -> None:
        try:
            self._ring(saga_id)
        except Exception as error:
            # The row is committed; without the doorbell the sweep finds it within a second or two.
            log.get("engine").warning("doorbell not heard", saga=str(saga_id), error=str(error))


def _rows(table: Table, saga: Saga, lines: Mapping[tuple[str, str], Written]) -> list[StepProgress]:
    rows = []
    for index, step in enumerate(table.steps):
        do, undo = lines.get((step.name, "do")), lines.get((step.name, "undo"))
        line = undo or do
        at_hand = index == saga.position and line is None and saga.state not in AT_REST
        if line:
            state = line.outcome
        elif at_hand:
            state = "running" if saga.state in {"ready", "running"} else saga.state
        else:
            state = "skipped" if saga.refusal or saga.state == "handed_over" else "waiting"
        rows.append(
            StepProgress(
                name=step.name,
                kind=step.kind.value,
                mode=step.mode.value,
                state=state,
                attempts=line.attempts if line else saga.attempts if at_hand else 0,
                at=line.at if line else None,
                error=saga.last_error if at_hand else None,
            )
        )
    return rows
