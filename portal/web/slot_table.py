"""The slots of several days side by side, as the macro `slot_grid` draws them: columns of slots, in rows by the clock.

There are hundreds on a page, and most differ from others in nothing but their day. So the template draws each look that
slots can have once, as a pattern; it is filled in once for all slots of the same times and words, and the days are
filled in at the end, once for each column. That costs a fraction of drawing every slot by itself.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from flask_babel import gettext as _
from markupsafe import Markup, escape

from portal.kernel import words
from portal.kernel.money import Money
from portal.web.i18n import language
from portal.web.short_days import short_day, weekday

MOODS = (("free", "yours"), ("few",), ("full",), ("soon",))
"""What a day looks like: the best that one of its slots is; closed without any."""
GAP = '<li class="slot-gap" aria-hidden="true"></li>'
Row = tuple[time, int]
"""A start on the clock, and 1 where the clock shows it for the second time that day."""


class Look(NamedTuple):
    """What a slot shows, whatever its time: its state, and whether it says where to wait, a second time and a price."""

    state: str
    waits: bool
    home: bool
    priced: bool


class Column(NamedTuple):
    """A day and its list: an item for every time that one of the days has, a gap where this one has none."""

    date: date
    mood: str
    note: str
    slots: Markup


def columns(days: Sequence[Mapping[str, Any]], draw: Callable[[Look], str], **same: str) -> list[Column]:
    """The days as slot_grid takes them. `draw` answers with the pattern of a look, in which `%(clock)s` and its like
    stand for what is said of a slot; what is the `same` for all comes by its name."""
    items = _items(draw, language())
    found = [items.of_slots(day["slots"]) for day in days]
    rows = _in_order(set().union(*found), days)
    said = {name: escape(text) for name, text in same.items()}
    told = []
    for day, own in zip(days, found, strict=True):
        slots = "".join([own.get(row, GAP) for row in rows]) if own else ""
        slots %= {**said, "date": day["date"].isoformat(), "day": escape(short_day(day["date"]))}
        safe = Markup(slots)  # noqa: S704  # all of it is the template's own or was escaped
        told.append(Column(day["date"], _mood(day["slots"]), day["note"], safe))
    return told


def _in_order(rows: Collection[Row], days: Sequence[Mapping[str, Any]]) -> list[Row]:
    """By the clock; where it goes back, all that it shows the first time, then what it shows again, then the rest."""
    if not any(again for _, again in rows):
        return sorted(rows)
    last = max(slot["start"].time() for day in days for slot in day["slots"] if slot.get("which"))
    return sorted(rows, key=lambda row: (1 if row[1] else 2 * (row[0] > last), row[0]))


class _Later(dict[str, str]):
    """Texts for a pattern; what is not among them stays to be filled in."""

    def __missing__(self, name: str) -> str:
        return f"%({name})s"


class _Items:
    """Slots as HTML in one language, but for what is their day's or their page's."""

    def __init__(self, draw: Callable[[Look], str], language: str) -> None:
        self.language = language
        self.pattern = cache(lambda look: str(draw(look)))
        self.item = lru_cache(maxsize=2000)(self._item)
        self.words = {
            "yours": _("Yours"),
            "full": _("Full"),
            "closed": _("Closed"),
            "soon": _("Too soon to book"),
            "past": _("Over"),
            "free": _("Free"),
            "few": _("Free"),
        }

    def of_slots(self, slots: Sequence[Mapping[str, Any]]) -> dict[Row, str]:
        found = {}
        for slot in slots:
            start: datetime = slot["start"]
            at, offset = start.time(), start.utcoffset() or timedelta()
            found[at, at.fold] = self.item(
                slot["state"],
                at,
                (offset.days, offset.seconds),  # to look up the timedelta itself would take longer than all the rest
                slot["end"].time(),
                slot["left"] if slot["capacity"] > 1 else 0,
                slot.get("price"),
                slot["waiting_url"],
                slot.get("which", ""),
                _at_home(slot.get("home"), start),
            )
        return found

    def _item(
        self,
        state: str,
        at: time,
        offset: tuple[int, int],
        until: time,
        left: int,
        price: Money | None,
        waits: str,
        which: str,
        home: tuple[time, date | None] | None,
    ) -> str:
        """Only what can be held tells how many are left and what it costs, only what is full where to wait."""
        can, full = state in ("free", "few"), state == "full"
        look = Look(state, full and waits != "", home is not None, can and price is not None)
        texts = {
            "at": at.isoformat("minutes"),
            "clock": f"{self._clock(at)} {which}".rstrip(),
            "until": self._clock(until),
            "word": _("%(n)s left", n=left) if left and can else self.words[state],
            "home": self._home(*home) if home else "",
            "price": words.money(price.amount, price.currency, self.language) if price else "",
        }
        rest = at.replace(tzinfo=timezone(timedelta(*offset))).isoformat()
        filled = _Later((name, _fixed(text)) for name, text in texts.items())
        filled["iso"] = f"%(date)sT{rest}"
        filled["waits"] = f"{_fixed(waits)}%(date)sT{_fixed(quote(rest))}"
        return self.pattern(look) % filled

    def _clock(self, shown: time) -> str:
        return words.own_clock(shown, self.language)

    def _home(self, shown: time, day: date | None) -> str:
        told = _("%(clock)s your time", clock=self._clock(shown))
        return told if day is None else f"{weekday(day)} {told}"


def _fixed(text: str) -> str:
    """As HTML that filling in leaves as it is."""
    return str(escape(text)).replace("%", "%%")


@lru_cache(maxsize=10)  # a template in each language; what is said of a time is the same on every page
def _items(draw: Callable[[Look], str], language: str) -> _Items:
    return _Items(draw, language)


def _at_home(home: datetime | None, start: datetime) -> tuple[time, date | None] | None:
    """The same moment on the reader's clock, with the day if it is another one there."""
    if home is None:
        return None
    day = home.date()
    return home.time(), None if day == start.date() else day


def _mood(slots: Sequence[Mapping[str, Any]]) -> str:
    states = {slot["state"] for slot in slots}
    return next((looks[0] for looks in MOODS if states.intersection(looks)), "closed")
