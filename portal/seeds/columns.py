"""The columns of a catalog file, and how a cell of each is read. What they mean is told in docs/import.md."""

import json
import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from portal.domains.catalog import KINDS_OF_ATTRIBUTE, SHOWN, UNITS_OF
from portal.kernel.errors import N_
from portal.seeds.faults import Unreadable
from portal.seeds.seasons import read_seasons
from portal.seeds.serving import read_parts
from portal.seeds.week import read_week

GOODS, BOOKING, CATEGORY, ATTRIBUTE, RESOURCE = "goods", "booking", "category", "attribute", "resource"
PRODUCTS = {GOODS, BOOKING}
ALL = {*PRODUCTS, CATEGORY, ATTRIBUTE}
"""What stands in the tree; a resource does not."""
KINDS = {*ALL, RESOURCE}
BOOKED = {BOOKING, RESOURCE}
VALUE = "attribute:"
"""Begins the name of a column with the values of an attribute; behind it stands the attribute's short name."""
DEEPEST = 20
DRAWN = sorted(file.stem for file in (Path(__file__).parents[2] / "static/covers").glob("*.svg"))
NO_WAY = N_("this is not a way through the tree; write one such as Rooms / Studios, at most %(most)s deep")
NO_LATER = N_(
    "«%(text)s» is no later price; write one a line, such as 2027-01-01T00:00+09:00 36000 hour, or none in place of the"
    " price"
)


@dataclass(frozen=True)
class Column:
    """How a cell that is not empty is read (raises Unreadable, saying what would be right), what it is of, and of what
    it cannot be empty."""

    read: Callable[[str], Any]
    of: Set[str] = frozenset(PRODUCTS)
    needed: Set[str] = frozenset()


@dataclass(frozen=True)
class Change:
    """From this moment on it costs so much per unit; None: it is not for sale."""

    since: datetime
    amount: Decimal | None = None
    unit: str = ""


def words(text: str) -> str:
    return text


def whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Unreadable(N_("«%(text)s» is not a whole number; write one such as 10"), text=_short(text)) from None


def amount(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Unreadable(N_("«%(text)s» is not an amount; write one such as 30000 or 12.50"), text=_short(text))
    return found


def path(text: str) -> tuple[str, ...]:
    """The names on the way; a slash in a name is written twice."""
    names = tuple(name.strip().replace("//", "/") for name in re.split(r"(?<!/)/(?!/)", text))
    if not all(names) or len(names) > DEEPEST:
        raise Unreadable(NO_WAY, most=DEEPEST)
    return names


def drawing(text: str) -> str:
    if text not in DRAWN:
        near = get_close_matches(text, DRAWN, 1)
        if near:
            raise Unreadable(
                N_("there is no drawing «%(text)s»; do you mean %(near)s?"), text=_short(text), near=near[0]
            )
        raise Unreadable(
            N_("there is no drawing «%(text)s»; there are %(known)s"), text=_short(text), known=", ".join(DRAWN)
        )
    return text


def facts(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unreadable(N_('these are no facts; write them as JSON, such as {"Size": "40 m²"}'))
    return found


def along(text: str) -> list[tuple[str, int]]:
    """(slug, at most) of each, in their order."""
    pieces = [piece.partition("=") for piece in text.split(";")]
    try:
        return [(slug.strip(), int(most)) for slug, _equals, most in pieces]
    except ValueError:
        raise Unreadable(N_("these are no goods to go with it; write them such as linen-towel=2; tea-set=1")) from None


def options(text: str) -> list[tuple[str, str]]:
    """(key, words) of each, one a line."""
    pieces = [line.partition("=") for line in text.splitlines() if line.strip()]
    if not all(equals for _key, equals, _words in pieces):
        raise Unreadable(N_("these are no choices; write one a line, such as sea = Sea view"))
    return [(key.strip(), words.strip()) for key, _equals, words in pieces]


def later(text: str) -> list[Change]:
    """What a product costs from each moment on, one a line: «2027-01-01T00:00+09:00 36000 hour», or none."""
    return [_change(line.split()) for line in text.splitlines() if line.strip()]


def _change(pieces: list[str]) -> Change:
    try:
        since, price = datetime.fromisoformat(pieces[0]), pieces[1:]
    except ValueError:
        since, price = datetime.min.replace(tzinfo=None), []  # noqa: DTZ901  # only to be refused below
    if since.tzinfo is None or (price != ["none"] and len(price) != 2):
        raise Unreadable(NO_LATER, text=_short(" ".join(pieces)))
    return Change(since) if price == ["none"] else Change(since, amount(price[0]), price[1])


def yes_or_no(text: str) -> bool:
    answers = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
    if text.lower() not in answers:
        raise Unreadable(N_("«%(text)s» is neither yes nor no"), text=_short(text))
    return answers[text.lower()]


def one_of(*known: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise Unreadable(N_("«%(text)s» is not one of %(known)s"), text=_short(text), known=", ".join(known))
        return text

    return read


COLUMNS = {
    "kind": Column(one_of(BOOKING, GOODS, CATEGORY, ATTRIBUTE, RESOURCE), KINDS, needed=KINDS),
    "category": Column(path, ALL, needed=ALL),
    "name": Column(words, ALL, needed={*PRODUCTS, ATTRIBUTE}),
    "slug": Column(words, ALL),
    "variant_of": Column(words),
    "summary": Column(words),
    "description": Column(words, {*PRODUCTS, CATEGORY}),
    "cover": Column(drawing),
    "published": Column(yes_or_no, {*PRODUCTS, CATEGORY}),
    "position": Column(whole, {CATEGORY, ATTRIBUTE}),
    "unlisted": Column(yes_or_no, {CATEGORY}),
    "type": Column(one_of(*KINDS_OF_ATTRIBUTE), {ATTRIBUTE}, needed={ATTRIBUTE}),
    "unit": Column(words, {ATTRIBUTE}),
    "options": Column(options, {ATTRIBUTE}),
    "shown": Column(one_of(*SHOWN), {ATTRIBUTE}),
    "required": Column(yes_or_no, {ATTRIBUTE}),
    "filterable": Column(yes_or_no, {ATTRIBUTE}),
    "facts": Column(facts),
    "price": Column(amount),
    "price_unit": Column(one_of(*UNITS_OF["booking"], *UNITS_OF["goods"])),
    "currency": Column(words),
    "later_prices": Column(later),
    "refund_policy": Column(words),
    "stock": Column(whole, {GOODS}),
    "addons": Column(along, {BOOKING}),
    "resource": Column(words, BOOKED, needed={RESOURCE}),
    "resource_slug": Column(words, BOOKED),
    "place": Column(words, BOOKED),
    "units": Column(whole, BOOKED),
    "time_zone": Column(words, BOOKED),
    "hours": Column(read_week, BOOKED),
    "seasons": Column(read_seasons, BOOKED),
    "parts": Column(read_parts, {BOOKING}),
    "length": Column(whole, {BOOKING}),
    "max_length": Column(whole, {BOOKING}),
    "length_step": Column(whole, {BOOKING}),
    "start_step": Column(whole, {BOOKING}),
    "buffer_before": Column(whole, {BOOKING}),
    "buffer_after": Column(whole, {BOOKING}),
    "lead_time": Column(whole, {BOOKING}),
    "horizon_days": Column(whole, {BOOKING}),
    "max_quantity": Column(whole, {BOOKING}),
    "once_each": Column(yes_or_no, {BOOKING}),
}
"""What they mean is told in docs/import.md."""


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
