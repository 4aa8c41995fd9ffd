"""What happens beside the drivers: time, the provider and its customer, power cuts, Redis, and people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.workers.engine.protocol.commit import graph_fault
from tests.workers.engine.protocol.world import NOBODY, Move, Row, World, with_call
from workers.engine import PIVOT
from workers.engine.models import CALLED

if TYPE_CHECKING:
    from tests.workers.engine.protocol.game import Game


def moves(game: Game, world: World) -> Iterator[Move]:
    """Everything that can happen without a driver."""
    for what, sound, then in (*time(world), *provider(game, world), *(people(game, world) if game.people else ())):
        yield Move(NOBODY, what, sound, then)
    if game.redis and world.bell:
        yield Move(NOBODY, "Redis is emptied", True, world._replace(bell=False))


Happens = Iterator[tuple[str, bool, World]]


def time(world: World) -> Happens:
    if world.row.leased:
        over = world.row._replace(live=False)
        yield "the lease is over", True, world._replace(row=over, before=())
    if world.before:
        row, holder = world.before
        drivers = tuple(d if d.at == "idle" else d._replace(epoch=d.epoch + 1) for d in world.drivers)
        cut = world._replace(row=row, holder=holder, drivers=drivers, before=())
        yield "the power fails before the claim is on the disk", False, cut


def provider(game: Game, world: World) -> Happens:
    if any(call.booked and not call.seen for call in world.calls):
        calls = tuple(call._replace(seen=bool(call.booked)) for call in world.calls)
        yield "the provider's search has caught up", True, world._replace(calls=calls)
    if world.calls and world.age == "young":
        yield "the time to settle is over", True, world._replace(age="settled")
    if world.calls and world.age == "settled" and all(driver.at != "send" for driver in world.drivers):
        yield "the provider forgets the key", False, world._replace(age="old")
    for at, call in enumerate(world.calls):
        if call.booked == "waits":
            acted = with_call(world.calls, at, booked="done", times=call.times + 1)
            yield "the customer acts: done", True, world._replace(calls=acted)
            if game.table.steps[call.step].definition.refusals:
                acted = with_call(world.calls, at, booked="no")
                yield "the customer acts: no", True, world._replace(calls=acted)


def people(game: Game, world: World) -> Happens:
    row = world.row
    parked, in_doubt = row.state == "parked", row.parked_from in CALLED
    taken_up = row._replace(state=row.parked_from, parked_from="") if parked else row
    if parked:
        yield "a person, or news from outside, takes it up", False, told(world, taken_up)
        if not in_doubt:
            yield "a person hands it over", False, told(world, row._replace(state="handed_over", parked_from=""))
    free = row.state in CALLED and not row.leased
    if not world.word and (free or (parked and in_doubt)):
        answers = ("done", "anew", "refused") if game.table.steps[row.position].kind is PIVOT else ("done", "anew")
        for word in answers:
            yield f"a person says: {word}", False, told(world, taken_up._replace(verdict=word))._replace(word=word)


def told(world: World, row: Row) -> World:
    fault = graph_fault(world.row, row)
    return world._replace(row=row, bell=True, before=(), fault=fault)
