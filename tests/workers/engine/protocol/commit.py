"""The end of a driver's transaction: the fence, and what is written if it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.workers.engine.protocol.world import GRAPH, NOBODY, Calls, Driver, Lines, Move, Row, World, with_driver
from workers.engine.models import AT_REST

if TYPE_CHECKING:
    from tests.workers.engine.protocol.visit import Visit


def moves(
    visit: Visit,
    what: str,
    row: Row,
    *,
    lines: Lines = (),
    calls: Calls | None = None,
    closes: bool = True,
    sound: bool = True,
) -> Iterator[Move]:
    """The commit, if the saga is still this driver's; a line that is in the log already is one too many, too.

    An owner in `row` says that the driver would go on; it may have been told to stop. `closes`: it is the end of a
    segment, which uses a person's word up.
    """
    game, world, me = visit.game, visit.world, visit.me
    if not holds(visit) or repeats(world.log, lines):
        yield visit.alone(f"{what}: fenced, nothing is committed", Driver())
        return
    calls = world.calls if calls is None else calls
    goes_on = row.owner != NOBODY and row.state not in AT_REST
    row = row._replace(verdict="" if closes else row.verdict)
    for stops in (False, True) if goes_on and game.breaking else (not goes_on,):
        kept = row._replace(owner=NOBODY if stops else game.processes[visit.who], live=not stops)
        then = Driver() if stops else after(me, kept, calls, means=len(calls) > len(world.calls))
        said = f"{what}; told to stop, gives it back" if stops and goes_on else what
        if "log apart" in game.bugs and lines:
            pending = me._replace(at="log", pending=(said, kept, lines, calls, then))
            yield visit.alone(f"{said}: the effect", pending, effects=effects(world, lines), sound=sound)
        else:
            done = written(visit, kept, lines, calls, then, effects(world, lines))
            yield Move(visit.who, said, sound and stops != goes_on, done)


def the_log_apart(visit: Visit) -> Iterator[Move]:
    """Only with the bug of that name: what should have been committed with the effect."""
    what, *ending = visit.me.pending
    yield Move(visit.who, f"{what}: the log", True, written(visit, *ending, visit.world.effects))


def holds(visit: Visit) -> bool:
    """The fence: both the epoch and the owner are still those of the claim."""
    bugs = visit.game.bugs
    newest = visit.me.epoch == 0 or "fence by owner alone" in bugs
    mine = visit.row.owner == visit.game.processes[visit.who] or "fence by epoch alone" in bugs
    return (newest and mine) or "no fence" in bugs


def repeats(log: Lines, lines: Lines) -> bool:
    """Whether the log's key (step and phase) would refuse these lines."""
    phases = {(line.step, line.what == "undone") for line in log}
    return any((line.step, line.what == "undone") in phases for line in lines)


def effects(world: World, lines: Lines) -> Lines:
    """A refusal leaves nothing; every other line has its effect."""
    return (*world.effects, *(line for line in lines if line.what != "refused"))


def after(me: Driver, row: Row, calls: Calls, *, means: bool) -> Driver:
    """The driver after a commit with which it keeps the saga."""
    me = Driver(epoch=me.epoch, state=row.state, position=row.position)
    return me._replace(at="send", call=len(calls) - 1, meant=True) if means else me._replace(at="step")


def written(visit: Visit, row: Row, lines: Lines, calls: Calls, then: Driver, done: Lines) -> World:
    world = visit.world
    lost = "" if world.holder == visit.who else "I9: a driver that lost the saga committed"
    return world._replace(
        row=row,
        drivers=with_driver(world, visit.who, then),
        log=world.log + lines,
        effects=done,
        calls=calls,
        age="young" if len(calls) > len(world.calls) else world.age,
        before=(),
        holder=NOBODY if row.owner == NOBODY else visit.who,
        fault=lost or graph_fault(world.row, row),
    )


def graph_fault(before: Row, after: Row) -> str:
    return "" if after.state in GRAPH.get(before.state, ()) else f"I10: from {before.state} to {after.state}"
