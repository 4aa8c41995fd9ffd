"""What must hold in every world, by the numbers of the invariants; `broken_by` says which does not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from tests.workers.engine.protocol.world import NOBODY, Line, World
from workers.engine.models import AT_REST

if TYPE_CHECKING:
    from tests.workers.engine.protocol.game import Game

UNANSWERED = "call: a step has its line, and its call no answer"
IN_DOUBT = {"sent", "unknown", "waiting"}


def broken_by(game: Game, world: World, only: str = "", without: Collection[str] = ()) -> str:
    """The first promise (of those that begin with `only`) that this world breaks; '' if it keeps them."""
    if world.fault and world.fault.startswith(only):
        return world.fault
    asked = (said for said in PROMISES if said.startswith(only) and said not in without)
    return next((said for said in asked if not PROMISES[said](game, world)), "")


def effects_are_their_lines(_game: Game, world: World) -> bool:
    said = [line for line in world.log if line.what != "refused"]
    return len({(line.step, line.what == "undone") for line in world.log}) == len(world.log) and (
        sorted(said) == sorted(world.effects)
    )


def money_moves_once(game: Game, world: World) -> bool:
    """Once for each key; once in all, but for a person's «anew»; and it has moved if the step is done, and has not if
    the saga goes back, unless a person said so."""
    for at, step in enumerate(game.table.steps):
        times = [call.times for call in world.calls if call.step == at]
        if max(times, default=0) > 1 or (sum(times) > 1 and world.word != "anew"):
            return False
        if step.external and Line(at, "done") in world.log and not sum(times) and not world.word:
            return False
    gone_back = world.row.state in {"compensating", "compensated"}
    return not (gone_back and not world.word and any(call.times for call in world.calls))


def one_way(game: Game, world: World) -> bool:
    whats = [line.what for line in world.log]
    turned = whats.index("refused") if "refused" in whats else len(whats)
    behind_pivot = any(line.step >= game.table.pivot >= 0 and line.what == "done" for line in world.log)
    return all(what == "undone" for what in whats[turned + 1 :]) and not (turned < len(whats) and behind_pivot)


def back_in_reverse(game: Game, world: World) -> bool:
    there = [line.step for line in world.log if line.what != "undone" and game.table.steps[line.step].undo]
    back = [line.step for line in world.log if line.what == "undone"]
    wanted = there[::-1]
    return back == (wanted if world.row.state == "compensated" else wanted[: len(back)])


def meant_before_sent(_game: Game, world: World) -> bool:
    return all(call.state for call in world.calls if call.booked)


def no_way_back_in_doubt(_game: Game, world: World) -> bool:
    in_doubt = any(call.state in IN_DOUBT for call in world.calls)
    return not (in_doubt and world.row.state in {"compensating", "compensated"})


def lines_answer_calls(_game: Game, world: World) -> bool:
    """A step that has its line has no call without an answer."""
    lines = {line.step for line in world.log}
    return not any(call.step in lines and call.state in IN_DOUBT for call in world.calls)


def rest_is_rest(_game: Game, world: World) -> bool:
    """Nobody owns what rests, and only what is parked knows where it was."""
    row = world.row
    return (row.state == "parked") == bool(row.parked_from) and (row.state not in AT_REST or row.owner == NOBODY)


PROMISES: dict[str, Callable[[Game, World], bool]] = {
    "I2: an effect without its line, a line without its effect, or one of them twice": effects_are_their_lines,
    "I3: money moved twice, or not as the saga says": money_moves_once,
    "I5: undone behind the pivot, or gone forward after turning round": one_way,
    "I6: undone in another order than the reverse": back_in_reverse,
    "I7: sent under a key that nobody meant": meant_before_sent,
    "I8: on the way back while an answer is unknown": no_way_back_in_doubt,
    UNANSWERED: lines_answer_calls,
    "rest: somebody owns what rests": rest_is_rest,
}
