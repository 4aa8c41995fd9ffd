"""What the model is made of: the rows, the provider's books, the drivers; all of it values that can be compared."""

from typing import NamedTuple

NOBODY, GONE = -1, 99
"""Owners that are no living process: the lease was given back; whose it was has been killed."""

GRAPH = {
    "ready": {"ready", "running", "calling", "compensating", "done", "parked"},
    "running": {"running", "calling", "compensating", "done", "parked"},
    "calling": {"calling", "unknown", "waiting", "running", "compensating", "done", "parked"},
    "unknown": {"calling", "unknown", "waiting", "running", "compensating", "done", "parked"},
    "waiting": {"calling", "unknown", "waiting", "running", "compensating", "done", "parked"},
    "compensating": {"compensating", "compensated", "parked"},
    "parked": {"ready", "running", "calling", "unknown", "waiting", "compensating", "handed_over"},
}
"""The states a saga may go to from each; from done, compensated and handed_over there is no way."""


class Line(NamedTuple):
    """A line of the log, or an effect: which step, and whether it was done, refused or undone."""

    step: int
    what: str


class Row(NamedTuple):
    """The saga. Its epoch is the zero from which the epochs of the drivers are counted."""

    state: str = "ready"
    position: int = 0
    owner: int = NOBODY
    live: bool = False
    """The lease still runs."""
    verdict: str = ""
    parked_from: str = ""

    @property
    def leased(self) -> bool:
        return self.owner != NOBODY and self.live


class Call(NamedTuple):
    """An attempt: our row of it (`state`; '' if there is none), and what the provider has under its key.

    `booked`: 'done', 'no', 'waits' for its customer, or '' nothing; `times`: how often it took effect; `seen`: by now
    the provider's search finds it."""

    step: int
    state: str = "sent"
    booked: str = ""
    times: int = 0
    seen: bool = False


Lines, Calls = tuple[Line, ...], tuple[Call, ...]


class Driver(NamedTuple):
    """One visit: what it read when it claimed, and how far it is.

    For the promises: it has `asked` what became of this attempt; it has `meant` it, that is committed its intent.
    """

    at: str = "idle"
    epoch: int = 0
    state: str = ""
    position: int = 0
    verdict: str = ""
    call: int = 0
    answer: str = ""
    again: bool = False
    """A step behind the answer broke, so that the answer is going to be saved alone."""
    pending: tuple = ()
    asked: bool = False
    meant: bool = False


class World(NamedTuple):
    """Everything there is. For the promises: `holder`, the driver of the newest claim; `word`, what a person said; and
    `fault`, what the last move broke."""

    row: Row
    drivers: tuple[Driver, ...]
    log: Lines = ()
    effects: Lines = ()
    calls: Calls = ()
    age: str = "young"
    """Of the newest attempt. Young: what is not found may be there all the same. Old: the key may be forgotten."""
    bell: bool = True
    before: tuple = ()
    """What a power cut brings back while the newest claim is not on the disk."""
    holder: int = NOBODY
    word: str = ""
    fault: str = ""


class Move(NamedTuple):
    """Who did what. Sound: it needs no fault, no person, and no end of patience."""

    who: int
    what: str
    sound: bool
    then: World


def with_driver(world: World, who: int, driver: Driver) -> tuple[Driver, ...]:
    """The drivers, with this one in the place of `who`."""
    return (*world.drivers[:who], driver, *world.drivers[who + 1 :])


def with_call(calls: Calls, at: int, **changes: object) -> Calls:
    """The calls, with one of them changed."""
    return (*calls[:at], calls[at]._replace(**changes), *calls[at + 1 :])
