"""Reads and writes what else serves a booking: «Therapist = lee; park (chosen)», one part a line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.kernel.errors import N_
from portal.seeds.faults import Unreadable

NONE = "none"
HOW = {"chosen": "choosable", "once": "once"}
SERVED = re.compile(r"([^()]*)(?:\(([a-z, ]+)\))?")
NO_PART = N_("«%(text)s» is no part; write one a line, such as Therapist = lee; park (chosen), or none")


@dataclass(frozen=True)
class Serving:
    """A part: what it is called, the short names of the resources that serve it (of the first part: besides the
    booking's own), whether customers choose among them, and whether one unit serves everybody who comes."""

    name: str
    slugs: tuple[str, ...] = ()
    choosable: bool = False
    once: bool = False


def read_parts(text: str) -> list[Serving]:
    """The parts in their order; «none» says that there are none. Raises Unreadable."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [] if lines == [NONE] else [_read(line) for line in lines]


def _read(line: str) -> Serving:
    name, equals, rest = line.rpartition("=")
    found = SERVED.fullmatch(rest.strip())
    how = [word.strip() for word in (found[2] or "").split(",") if word.strip()] if found else []
    if not equals or found is None or not HOW.keys() >= set(how):
        raise Unreadable(NO_PART, text=line[:40])
    slugs = tuple(slug.strip() for slug in found[1].split(";") if slug.strip())
    return Serving(name.strip(), slugs, choosable="chosen" in how, once="once" in how)


def parts_of(rows: Iterable[Any]) -> list[Serving]:
    """The same of rows as the database has them."""
    return [Serving(row.name, tuple(row.slugs), row.choosable, row.once) for row in rows]


def write_parts(parts: Iterable[Serving]) -> str:
    """The same as `read_parts` reads."""
    return "\n".join(_write(one) for one in parts)


def _write(one: Serving) -> str:
    how = ", ".join(word for word, field in HOW.items() if getattr(one, field))
    return f"{one.name} = {'; '.join(one.slugs)}{f' ({how})' if how else ''}".strip()
