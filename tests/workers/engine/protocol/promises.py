"""What must hold in every world, by the numbers of the invariants; `broken_by` says which does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.workers.engine.protocol.world import NOBODY, World
from workers.engine.models import AT_REST

if TYPE_CHECKING:
    from tests.workers.engine.protocol.game import Game


def broken_by(game: Game, world: World, only: str = "") -> str:
    """The first promise (of those that begin with `only`) that this world breaks; '' if it keeps them."""
    if world.fault and world.fault.startswith(only):
        return world.fault
    return next((said for said, keeps in PROMISES.items() if said.startswith(only) and not keeps(game, world)), "")


def effects_are_their_lines(_game: Game, world: World) -> bool:
    said = [line for line in world.log if line.what != "refused"]
    return len({(line.step, line.what == "undone") for line in world.log}) == len(world.log) and (
        sorted(said) == sorted(world.effects)
    )


def money_moves_once(game: Game, world: World) -> bool:
    """Once for each key; and, but for a person's word, once in all, there if done and not there if gone back."""
    if any(call.times > 1 for call in world.calls):
        return False
    if world.word:
        return True
    for step in range(len(game.table.steps)):
        times = sum(call.times for call in world.calls if call.step == step)
        called = game.table.steps[step].external and any(
            line.step == step and line.what == "done" for line in world.log
        )
        if times > 1 or (called and times != 1):
            return False
    return not (world.row.state in {"compensating", "compensated"} and any(call.times for call in world.calls))


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
    in_doubt = any(call.state in {"sent", "unknown", "waiting"} for call in world.calls)
    return not (in_doubt and world.row.state in {"compensating", "compensated"})


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
    "rest: somebody owns what rests": rest_is_rest,
}
