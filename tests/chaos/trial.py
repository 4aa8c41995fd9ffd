"""What everybody in a trial shares."""

import queue
import threading
from dataclasses import dataclass, field

from tests.chaos.away import Away
from tests.chaos.door import Door
from tests.chaos.house import House
from tests.chaos.notes import Notes
from tests.chaos.world import World


@dataclass
class Trial:
    """`patient`: there is time to wait for what takes a minute, and the bounds on recovery are promises."""

    seed: int
    house: House
    world: World
    notes: Notes
    away: Away
    patient: bool
    end: threading.Event = field(default_factory=threading.Event)
    """From here on nobody begins anything new."""
    door: Door = field(init=False)
    asked: queue.Queue[str] = field(default_factory=queue.Queue)
    """Refunds that wait for staff."""

    def __post_init__(self) -> None:
        self.door = Door(self.house.database_url, self.end)
