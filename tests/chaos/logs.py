"""What our processes complained of: only of parts that were struck, and only in their own words for that."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.away import CONNECTIONS, POSTGRES, REDIS, Away

BEGIN = re.compile(
    r"(?:\[(?P<plain>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:,\d+| \+0000)\].*?\[(?P<level>[A-Z]+)\]"
    r"|(?P<iso>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+)Z \[(?P<kind>\w+) *\])"
)
"""The first line of an event: of Dramatiq's master and gunicorn, or of our own logger."""
SERIOUS = {"error", "critical", "exception"}
WARNED = re.compile(r"job failed|not sent|could not")
"""Warnings that tell of something that failed."""
ENDED = re.compile(r"^(?:(?:\w+\.)+\w+|\w*(?:Error|Exception|Exit|Interrupt))(?:: .*)?$")
"""The line behind a traceback."""
GONE = re.compile(
    r"terminating connection|server closed the connection|connection failed|the database system is|"
    r"connection is (?:closed|lost|bad)|connection (?:was )?(?:closed|lost)|consuming input failed|sending .* failed|"
    r"Connection (?:refused|reset)|Broken pipe|AdminShutdown|CrashShutdown|CannotConnectNow|"
    r"ConnectionTimeout|IdleInTransactionSessionTimeout|DisconnectionError|"
    r"not sent .*error=(?:Operational|Internal)Error"
)
REDIS_GONE = re.compile(
    r"redis\.|Redis is loading|Error \d+ (?:connecting|while)|Error while reading|Connection closed by server"
)
SIGKILLED = re.compile(r"exited unexpectedly \(code -9\)|was sent SIGKILL")
FELT = 8.0
"""Seconds after a blow in which somebody may still complain of it: time-outs end, and Redis is tried again."""


@dataclass
class Event:
    """One event in the log of a process; `text` is all of its lines."""

    process: str
    at: datetime
    level: str
    text: str

    @property
    def is_complaint(self) -> bool:
        """An error, a warning that something failed, or anything with a traceback."""
        return self.level in SERIOUS or "Traceback (most" in self.text or bool(WARNED.search(self.text.split("\n")[0]))

    @property
    def words(self) -> str:
        """Its first line, and what the last traceback in it ends with."""
        lines = self.text.split("\n")
        ends = [line for line in lines[1:] if ENDED.match(line)]
        return " … ".join([lines[0][:300], *(end[:300] for end in ends[-1:])])


def complaints(directory: Path, away: Away) -> tuple[list[str], list[str]]:
    """In words: the complaints without a cause, and those with one."""
    without: list[str] = []
    caused: list[str] = []
    for file in sorted(directory.glob("*.log")):
        for event in events(file.stem, file.read_text(errors="replace")):
            if event.is_complaint:
                (caused if has_cause(event, away) else without).append(f"{event.process} complained: {event.words}")
    return without, caused


def fenced(directory: Path) -> int:
    """How often a driver that had lost its saga found out, and wrote nothing."""
    return sum(
        len(re.findall(r"\[warning  \] fenced ", log.read_text(errors="replace"))) for log in directory.glob("*.log")
    )


def has_cause(event: Event, away: Away) -> bool:
    """Whether it complains of a part that was away, or was being killed itself."""
    if SIGKILLED.search(event.words):
        return _was(away, event, event.process)
    if REDIS_GONE.search(event.words) and _was(away, event, REDIS):
        return True
    parts = (POSTGRES, CONNECTIONS, event.process)  # a process that was paused in a transaction has lost it
    return bool(GONE.search(event.words)) and any(_was(away, event, part) for part in parts)


def events(process: str, text: str) -> Iterator[Event]:
    """The events of one log, each with its lines."""
    found: Event | None = None
    for line in text.splitlines():
        begin = BEGIN.match(line)
        if begin:
            if found:
                yield found
            told = begin["iso"] or begin["plain"]
            level = (begin["kind"] or begin["level"]).lower()
            found = Event(process, datetime.fromisoformat(told).replace(tzinfo=UTC), level, line)
        elif found:
            found.text += f"\n{line}"
        elif line.strip():
            found = Event(process, datetime.now(UTC), "error", line)
    if found:
        yield found


def _was(away: Away, event: Event, part: str) -> bool:
    at = away.moment(event.at)
    # A log's time may be cut to whole seconds.
    return away.was(part, at - 1, at + 1, after=FELT)
