"""Names in addresses: lower-case words joined by hyphens, made from any name; Korean is written in Latin letters.

Hangul is spelled syllable by syllable as Unicode names them, which is the Revised Romanization without sound changes.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.kernel.db import Tx
from portal.kernel.errors import N_
from portal.kernel.fields import Faults

LONGEST = 80
FORM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SYLLABLE = "HANGUL SYLLABLE "
SLUGS = "slugs"
"""Held by whoever chooses an address, until it is there for everybody to see."""


def slug_of(name: str) -> str:
    """«도자기 Class» becomes dojagi-class. Empty if nothing of the name can be written in Latin letters."""
    spelled = "".join(_spell(letter) for letter in unicodedata.normalize("NFC", name))
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode().lower()
    plain = plain.replace("'", "")
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST].strip("-")


def choose_slug(
    tx: Tx, column: InstrumentedAttribute[Any], faults: Faults, *, wanted: str | None, name: str, own: Any = None
) -> str:
    """The slug that was asked for, or a free one made from the name (-2, -3 … when taken).

    Waits for other transactions that are choosing one. A slug asked for that is malformed or taken is a fault on
    `slug`, unless it is the row's `own`.
    """
    hold_lock(tx, SLUGS)
    table = column.class_
    if wanted:
        others = select(table.id).where(column == wanted, table.id.is_distinct_from(own))
        if check_form(faults, wanted) and tx.scalar(others):
            faults.add("slug", N_("«%(slug)s» belongs to something else already."), slug=wanted)
        return wanted
    base = slug_of(name)[: LONGEST - 5].strip("-") or table.__name__.lower()
    taken = set(tx.scalars(select(column).where(column.like(f"{base}%"))))
    return _first_free(base, taken.__contains__)


def check_form(faults: Faults, slug: str) -> bool:
    """Whether this can be an address; the fault is on `slug`."""
    if FORM.fullmatch(slug) and len(slug) <= LONGEST:
        return True
    faults.add("slug", N_("Use small letters, digits and single hyphens, such as studio-a."))
    return False


def hold_lock(tx: Tx, name: str) -> None:
    """Waits until nobody else is doing what is called `name`; theirs is committed or undone then."""
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtext(name), 0)))


def _first_free(base: str, taken: Callable[[str], bool]) -> str:
    slug, number = base, 1
    while taken(slug):
        number += 1
        slug = f"{base}-{number}"
    return slug


def _spell(letter: str) -> str:
    return unicodedata.name(letter, "").removeprefix(SYLLABLE) if "가" <= letter <= "힣" else letter
