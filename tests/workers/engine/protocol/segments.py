"""What a driver may commit from a position on, in one transaction, as the table has it."""

from functools import lru_cache

from tests.workers.engine.protocol.world import Line, Lines
from workers.engine import Saga
from workers.engine.definition import COMPENSATABLE

Segment = tuple[str, Lines, str, int]
"""What it is called, its lines, and the saga's state and position after it."""


@lru_cache
def segments(table: Saga, position: int, behind_answer: bool, breaking: bool) -> list[Segment]:
    """All the ways it may go: to the next call, to a refusal, to the end, or to just before a step that breaks."""
    found: list[Segment] = []
    lines: Lines = ()
    for at in range(position, len(table.steps)):
        step = table.steps[at]
        if breaking and (at > position or behind_answer):
            found.append((f"saves what stands before «{step.name}», which breaks", lines, "running", at))
        if step.external:
            return [*found, (f"does the steps before «{step.name}» and means to call", lines, "calling", at)]
        if step.definition.refusals:
            back = at if step.kind is COMPENSATABLE else at - 1
            found.append((f"is refused by «{step.name}»", (*lines, Line(at, "refused")), "compensating", back))
        lines = (*lines, Line(at, "done"))
    return [*found, ("does the rest", lines, "done", len(table.steps))]
