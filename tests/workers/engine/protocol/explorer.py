"""Walks every world of a game, nearest first: finds the shortest way to a broken promise, and worlds without rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.workers.engine.protocol.game import Game
from tests.workers.engine.protocol.promises import broken_by
from tests.workers.engine.protocol.world import GONE, NOBODY, Call, Driver, World
from workers.engine.models import AT_REST

Place = tuple[str, int]
"""Where a saga stands: its state and its position."""


@dataclass
class Found:
    """What a walk came to: how many worlds; the first broken promise, and the shortest way to it, a line a move."""

    worlds: int
    broken: str = ""
    way: Sequence[str] = ()
    turns: set[tuple[Place, Place]] = field(default_factory=set)
    """Where the saga was seen to go from where."""

    def __str__(self) -> str:
        return "\n".join([self.broken, *self.way]) if self.broken else f"{self.worlds} worlds keep every promise"


def explore(game: Game, *, most: int = 400_000, only: str = "") -> Found:
    """Walks until a promise breaks or there is nothing new. Raises OverflowError beyond `most` worlds.

    `only` looks at the promises with this beginning: what a bug costs in the end, say, not the first sign of it.
    """
    worlds, numbers = [game.start], {game.start: 0}
    came_from, soundly_from = [0], [[]]
    turns = set()
    for here, world in enumerate(worlds):  # it grows while we walk
        for move in game.moves(world):
            turns.add((world.row[:2], move.then.row[:2]))
            then = canonical(game, move.then)
            there = numbers.get(then)
            if there is None:
                there = numbers[then] = len(worlds)
                worlds.append(then)
                came_from.append(here)
                soundly_from.append([])
                if broken := broken_by(game, then, only):
                    return Found(len(worlds), broken, told(game, worlds, came_from, there))
            if move.sound:
                soundly_from[there].append(here)
        if len(worlds) > most:
            raise OverflowError(f"more than {most} worlds")
    restless = set(range(len(worlds))) - comes_to_rest(worlds, soundly_from)
    if restless and not only:
        never = "stuck: it never rests, though there is no fault any more"
        return Found(len(worlds), never, told(game, worlds, came_from, min(restless)))
    return Found(len(worlds), turns=turns)


def comes_to_rest(worlds: Sequence[World], soundly_from: Sequence[Sequence[int]]) -> set[int]:
    """The worlds from which sound moves alone lead to rest: walked backwards from where the saga rests."""
    rests = {at for at, world in enumerate(worlds) if world.row.state in AT_REST}
    back = list(rests)
    while back:
        new = [at for at in soundly_from[back.pop()] if at not in rests]
        rests.update(new)
        back += new
    return rests


def canonical(game: Game, world: World) -> World:
    """Of worlds that differ in nothing that matters, the one that stands for all."""
    if not game.bugs:
        world = without_the_past(game, world)
    return in_order(game, world) if game.alike else world


def without_the_past(game: Game, world: World) -> World:
    """Forgets what can make no difference any more: where a driver stands that lost the saga and will find so at its
    next commit, and how long ago an attempt was sent that has an answer and that nobody is asking for."""
    drivers, calls = world.drivers, world.calls
    if any(driver.epoch < 0 for driver in drivers):
        drivers = tuple(LOST if lost(game, driver) else driver for driver in drivers)
        world = world._replace(drivers=drivers)
    known = calls and calls[-1].state in {"done", "refused"} and (world.age != "settled" or not calls[-1].seen)
    if known and all(driver.at not in {"ask", "send"} for driver in drivers):
        world = world._replace(age="settled", calls=tuple(call._replace(seen=True) for call in calls))
    return world


LOST = Driver(at="step", epoch=-3)


def lost(game: Game, driver: Driver) -> bool:
    """Whatever it does next is to commit, which the fence prevents. A power cut can undo one claim, not two."""
    commits = driver.at in {"claimed", "step"} or (driver.at == "answered" and not game.breaking)
    return commits and driver.epoch < (-1 if game.power_cuts else 0)


def in_order(game: Game, world: World) -> World:
    """The drivers in an order of their own; one that differs from another in its name only is as good."""
    row, drivers = world.row, world.drivers
    ranks = [(driver, row.owner == who, world.holder == who) for who, driver in enumerate(drivers)]
    order = sorted(range(len(ranks)), key=ranks.__getitem__)
    if order == sorted(order):
        return world
    names = {who: order.index(who) for who in order}
    row = row._replace(owner=names.get(row.owner, row.owner))
    before = world.before
    if before:
        before = (
            before[0]._replace(owner=names.get(before[0].owner, before[0].owner)),
            names.get(before[1], before[1]),
        )
    holder = names.get(world.holder, world.holder)
    return world._replace(row=row, drivers=tuple(drivers[who] for who in order), holder=holder, before=before)


def told(game: Game, worlds: Sequence[World], came_from: Sequence[int], there: int) -> list[str]:
    """The way to a world, a line a move; the drivers keep their names from beginning to end."""
    way = [there]
    while way[-1]:
        way.append(came_from[way[-1]])
    here, lines = game.start, []
    for number, at in enumerate(way[-2::-1], 1):
        move = next(move for move in game.moves(here) if canonical(game, move.then) == worlds[at])
        here = move.then
        who = "" if move.who == NOBODY else f"driver {'ABC'[move.who]}"
        lines.append(f"{number:3}. {who:8} {move.what:60} | {stands(game, here)}")
    return lines


def stands(game: Game, world: World) -> str:
    """Where the saga and its calls stand, in a line."""
    row = world.row
    if row.owner == NOBODY:
        owner = ""
    else:
        whose = "the dead" if row.owner == GONE else "ABC"[game.processes.index(row.owner)]
        owner = f", {whose}'s{'' if row.live else ' (lease over)'}"
    return " | ".join([f"{row.state} at {row.position}{owner}", *map(shows, world.calls)])


def shows(call: Call) -> str:
    times = f" {call.times} times" if call.times > 1 else ""
    return f"call {call.state or 'nobody meant'}, provider has {call.booked or 'nothing'}{times}"
