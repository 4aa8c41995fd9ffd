"""A driver's moves at home: it claims, runs segments forward and back, is killed. Its calls are in calling.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.workers.engine.protocol import calling, commit
from tests.workers.engine.protocol.segments import segments
from tests.workers.engine.protocol.world import GONE, NOBODY, Call, Calls, Driver, Line, Lines, Move, World, with_driver
from workers.engine.definition import COMPENSATABLE
from workers.engine.models import AT_REST, CALLED

if TYPE_CHECKING:
    from tests.workers.engine.protocol.game import Game


class Visit:
    """What one driver can do in one world."""

    def __init__(self, game: Game, world: World, who: int) -> None:
        self.game, self.world, self.who = game, world, who
        self.table, self.row, self.me = game.table, world.row, world.drivers[who]

    def moves(self) -> Iterator[Move]:
        match self.me.at:
            case "idle":
                yield from self.claim()
                return
            case "claimed":
                yield from self.turn_back()
                yield from self.step()
            case "step":
                yield from self.step()
            case "log":
                yield from commit.the_log_apart(self)
            case _:
                yield from calling.moves(self)
        yield Move(self.who, "is killed", False, self.killed())

    def claim(self) -> Iterator[Move]:
        row, bugs = self.row, self.game.bugs
        if (row.state in AT_REST and "no end" not in bugs) or (row.leased and "no lease" not in bugs):
            return
        state = "running" if row.state in AT_REST else row.state
        # Whoever drives by an older claim is one epoch further behind; further than three makes no difference.
        drivers = [d if d.at == "idle" else d._replace(epoch=max(d.epoch - 1, -3)) for d in self.world.drivers]
        drivers[self.who] = self.begin(Driver(state=state, position=row.position, verdict=row.verdict))
        taken = row._replace(state=state, owner=self.game.processes[self.who], live=True)
        then = self.world._replace(
            row=taken,
            drivers=tuple(drivers),
            before=(row, self.world.holder) if self.game.power_cuts else (),
            holder=self.who,
            fault="lease: taken from somebody who holds it" if row.leased else commit.graph_fault(row, taken),
        )
        if self.world.bell and self.game.redis:
            yield Move(self.who, "hears the bell and claims it", True, then._replace(bell=False))
        if "no sweep" not in bugs:
            yield Move(self.who, "claims it", True, then)

    def begin(self, me: Driver) -> Driver:
        """Where a visit goes on from the state it is in."""
        if me.state in CALLED:
            return calling.begin(self, me)
        early = self.table.deadline and me.state in {"ready", "running"} and me.position <= self.table.pivot
        return me._replace(at="claimed" if early else "step")

    def turn_back(self) -> Iterator[Move]:
        """The saga's deadline has passed: as if the next step that can be undone had refused."""
        here = self.me.position
        ahead = (i for i in range(here, self.table.pivot) if self.table.steps[i].kind is COMPENSATABLE)
        yield from self.turn(next(ahead, here), "it is too late", sound=False)

    def step(self) -> Iterator[Move]:
        me, bugs = self.me, self.game.bugs
        if me.state == "compensating":
            yield from self.undo()
        else:
            yield from self.forward(me.position)
        if self.game.breaking and me.position < len(self.table.steps):
            yield from self.put_off(me.state, "a step breaks")
            if "back behind the pivot" in bugs and me.position > self.table.pivot >= 0:
                yield from self.turn(me.position, "loses patience", sound=False)

    def forward(self, position: int, said: str = "", lines: Lines = (), calls: Calls | None = None) -> Iterator[Move]:
        """The segments that may be committed from here, behind `lines` and with `calls` that go along."""
        calls = self.world.calls if calls is None else calls
        for what, more, state, stop in segments(self.table, position, bool(lines), self.game.breaking):
            if state == "calling" and "no intent" in self.game.bugs:
                sends = self.me._replace(at="send", state=state, position=stop, call=len(calls))
                yield self.alone("goes to send", sends, calls=(*calls, Call(stop, "")))
                continue
            made = (*calls, Call(stop)) if state == "calling" else calls
            row = self.row._replace(state=state, position=stop)
            yield from commit.moves(self, said + what, row, lines=(*lines, *more), calls=made)

    def turn(self, at: int, why: str, *, calls: Calls | None = None, sound: bool = True) -> Iterator[Move]:
        """The step at `at` is refused, and the saga turns round."""
        back = at if self.table.steps[at].kind is COMPENSATABLE else at - 1
        row = self.row._replace(state="compensating", position=back)
        lines = (Line(at, "refused"),)
        yield from commit.moves(self, f"{why}: it turns round", row, lines=lines, calls=calls, sound=sound)

    def undo(self) -> Iterator[Move]:
        """The next compensation. Only steps with a line and an undo have one."""
        undone = {line.step for line in self.world.log if line.what == "undone"}
        wanted = {line.step for line in self.world.log if self.table.steps[line.step].undo}
        if "first done, first undone" in self.game.bugs:
            at, left = min(wanted - undone, default=NOBODY), len(wanted - undone)
        else:
            ahead = [step for step in wanted if step <= self.me.position]
            at, left = max(ahead, default=NOBODY), len(ahead)
        state, position = ("compensating", max(at - 1, 0)) if left > 1 else ("compensated", NOBODY)
        what, lines = "has nothing to undo", ()
        if left:
            what, lines = f"undoes «{self.table.steps[at].name}»", (Line(at, "undone"),)
        yield from commit.moves(self, what, self.row._replace(state=state, position=position), lines=lines)

    def put_off(self, state: str, why: str, *, calls: Calls | None = None, sound: bool = False) -> Iterator[Move]:
        """The saga is given back until its next try; or this was the last, and a person has to look."""
        row = self.row._replace(state=state, owner=NOBODY, live=False)
        yield from commit.moves(self, f"{why}: puts it off", row, calls=calls, closes=False, sound=sound)
        parked = row._replace(state="parked", parked_from=state)
        yield from commit.moves(self, f"{why}: parks it", parked, calls=calls, closes=False, sound=False)

    def killed(self) -> World:
        homes, holder = self.game.processes, self.world.holder
        here = homes[self.who]
        living = (d if home != here else Driver() for home, d in zip(homes, self.world.drivers, strict=True))
        row = self.row._replace(owner=GONE) if self.row.owner == here else self.row
        holder = NOBODY if holder != NOBODY and homes[holder] == here else holder
        return self.world._replace(row=row, drivers=tuple(living), holder=holder)

    def alone(self, what: str, me: Driver, *, sound: bool = True, **changes: object) -> Move:
        """A move that commits nothing of the saga's row."""
        drivers = with_driver(self.world, self.who, me)
        return Move(self.who, what, sound, self.world._replace(drivers=drivers, **changes))
