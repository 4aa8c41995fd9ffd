"""The log of a saga, as it stands in its row: one entry for each segment, with the lines of its steps.

An entry is `{"at": …, "attempts": …, "lines": [{"step": …, "seq": …}, …]}`. A line says no more than differs from the
usual, a step that was done: the row is written anew with every move. VIEW shows the same in SQL.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

DO, DONE = "do", "done"

VIEW = f"""
CREATE VIEW saga_steps AS
SELECT
    sagas.id AS saga_id, step, coalesce(phase, '{DO}') AS phase, coalesce(outcome, '{DONE}') AS outcome, output,
    (entry ->> 'attempts')::int AS attempts, seq, (entry ->> 'at')::timestamptz AS at
FROM sagas, jsonb_array_elements(log) AS entry,
    jsonb_to_recordset(entry -> 'lines') AS line(step text, phase text, outcome text, output jsonb, seq int)
"""  # noqa: S608  # every word of it is ours


@dataclass(frozen=True)
class Line:
    """What became of a step: `phase` do or undo; `seq` grows with every line of a saga."""

    step: str
    phase: str
    outcome: str
    seq: int
    output: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Written:
    """A line that was committed `at` this time, on the driver's so manieth visit without progress."""

    step: str
    phase: str
    outcome: str
    seq: int
    attempts: int
    at: datetime


def to_json(lines: Iterable[Line]) -> str:
    """The `lines` of an entry."""
    return json.dumps([_short(line) for line in lines])


def read(log: Sequence[Mapping[str, Any]]) -> Iterator[Written]:
    """All lines of a log, in the order in which they were written."""
    for entry in log:
        at, attempts = datetime.fromisoformat(entry["at"]), int(entry["attempts"])
        for line in entry["lines"]:
            yield Written(
                line["step"], line.get("phase", DO), line.get("outcome", DONE), int(line["seq"]), attempts, at
            )


def _short(line: Line) -> dict[str, Any]:
    said: dict[str, Any] = {"step": line.step, "seq": line.seq}
    if line.phase != DO:
        said["phase"] = line.phase
    if line.outcome != DONE:
        said["outcome"] = line.outcome
    if line.output is not None:
        said["output"] = line.output
    return said
