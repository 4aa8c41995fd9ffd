"""The slots of several days side by side, as the macro `slot_grid` draws them: columns of cells, in rows by the clock.

There are hundreds on a page. What is the same for many is said once, and put together here it costs a fraction of what
it does in a template.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _

from portal.kernel import words
from portal.kernel.money import Money
from portal.web.i18n import language
from portal.web.short_days import weekday

MOODS = (("free", "yours"), ("few",), ("full",), ("soon",))
"""What a day looks like: the best that one of its slots is; closed without any."""


class Cell(NamedTuple):
    """A slot as it is drawn. `can`: one press holds it; `waits`: where one can wait for it."""

    at: str
    iso: str
    state: str
    clock: str
    until: str
    word: str
    can: bool
    waits: str
    home: str
    price: Money | None


class Column(NamedTuple):
    """A day: a cell for every time that one of the days has, None where this one has none."""

    date: date
    mood: str
    note: str
    cells: Sequence[Cell | None]


def columns(days: Sequence[Mapping[str, Any]]) -> list[Column]:
    """The days as slot_grid takes them, with their cells."""
    clocks = sorted({slot["at"] for day in days for slot in day["slots"]})
    said = _Words()
    told = []
    for day in days:
        cells = {slot["at"]: said.cell(slot) for slot in day["slots"]}
        told.append(Column(day["date"], _mood(cells), day["note"], [cells.get(at) for at in clocks] if cells else []))
    return told


class _Words:
    """What is said of slots in the language of this request, each word looked up once."""

    def __init__(self) -> None:
        self.language = language()
        self.left: dict[int, str] = {}
        self.clocks: dict[tuple[int, int], str] = {}
        self.of = {
            "yours": _("Yours"),
            "full": _("Full"),
            "closed": _("Closed"),
            "soon": _("Too soon to book"),
            "past": _("Over"),
            "free": _("Free"),
            "few": _("Free"),
        }

    def cell(self, slot: Mapping[str, Any]) -> Cell:
        state, home = slot["state"], slot.get("home")
        can = state in ("free", "few")
        return Cell(
            at=slot["at"][:5],
            iso=slot["iso"],
            state=state,
            clock=f"{self._clock(slot['start'])} {slot.get('which', '')}".rstrip(),
            until=self._clock(slot["end"]),
            word=self._left(slot["left"]) if can and slot["left"] and slot["capacity"] > 1 else self.of[state],
            can=can,
            waits=slot["waiting_url"] if state == "full" else "",
            home=self._home(slot["start"], home) if home else "",
            price=slot.get("price") if can else None,
        )

    def _clock(self, when: datetime) -> str:
        shown = when.hour, when.minute
        if shown not in self.clocks:
            self.clocks[shown] = words.own_clock(when, self.language)
        return self.clocks[shown]

    def _left(self, left: int) -> str:
        if left not in self.left:
            self.left[left] = _("%(n)s left", n=left)
        return self.left[left]

    def _home(self, start: datetime, home: datetime) -> str:
        """The same moment on the reader's clock, with the day if it is another one there."""
        told = _("%(clock)s your time", clock=self._clock(home))
        return told if home.date() == start.date() else f"{weekday(home)} {told}"


def _mood(cells: Mapping[str, Cell]) -> str:
    states = {cell.state for cell in cells.values()}
    return next((looks[0] for looks in MOODS if states.intersection(looks)), "closed")
