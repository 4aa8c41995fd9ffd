"""One game: a table, its drivers, what may happen to them, and the bugs planted in the rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tests.workers.engine.protocol import around
from tests.workers.engine.protocol.visit import Visit
from tests.workers.engine.protocol.world import Driver, Move, Row, World
from workers.engine import Saga

BUGS = {
    "no fence": "a commit does not look whose the saga is",
    "fence by epoch alone": "a commit compares the epoch and not the owner",
    "fence by owner alone": "a commit compares the owner and not the epoch",
    "no lease": "a claim takes what somebody holds",
    "no end": "a claim takes what has ended",
    "no asking": "what may have been sent is sent again at once",
    "no memory": "what may have been sent is sent again, however old its key is",
    "another key": "what may have been sent is sent again under a key made up for it",
    "no intent": "it is sent before its intent is committed",
    "silence is a no": "when nobody answers for long, the saga goes back",
    "back behind the pivot": "when a step behind the pivot breaks for long, the saga goes back",
    "first done, first undone": "compensations run in the order of the steps",
    "log apart": "the log is committed behind the effect",
    "no sweep": "nobody looks but who hears the bell",
}


@dataclass(frozen=True)
class Game:
    """`processes` names the process of each driver: two threads of one process share a name, and die together."""

    table: Saga
    processes: tuple[int, ...] = (0, 1)
    bugs: frozenset[str] = frozenset()
    people: bool = False
    """Somebody resumes, decides, hands over; news comes from outside."""
    customer: bool = False
    """The provider may wait for its customer."""
    breaking: bool = False
    """Steps break; a driver is told to stop."""
    power_cuts: bool = False
    redis: bool = False
    """Whether the bell was heard makes a difference, and Redis may be emptied."""

    @cached_property
    def alike(self) -> bool:
        """Nothing but their names tells the drivers apart, nor is a name written down where it cannot be changed."""
        return "log apart" not in self.bugs and self.processes == tuple(range(len(self.processes)))

    @property
    def start(self) -> World:
        """An accepted saga that nobody has looked at."""
        return World(Row(), tuple(Driver() for _ in self.processes))

    def moves(self, world: World) -> Iterator[Move]:
        """Everything that can happen next."""
        world = world._replace(fault="")
        for who in range(len(self.processes)):
            yield from Visit(self, world, who).moves()
        yield from around.moves(self, world)
