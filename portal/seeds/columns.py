"""The columns of a catalog file, and how a cell of each is read. What they mean is told in docs/import.md."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.domains.catalog import KINDS, UNITS_OF
from portal.seeds.week import read_week


@dataclass(frozen=True)
class Column:
    """How a cell that is not empty is read (raises ValueError, saying what would be right)."""

    read: Callable[[str], Any]
    needed: bool = False


def words(text: str) -> str:
    return text


def whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"«{_short(text)}» is not a whole number; write one such as 10") from None


def amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"«{_short(text)}» is not an amount; write one such as 30000 or 12.50") from None


def path(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split("/"))
    if not all(names) or len(names) > 6:
        raise ValueError("this is not a way through the tree; write one such as Rooms / Studios, at most six deep")
    return names


def yes_or_no(text: str) -> bool:
    answers = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
    if text.lower() not in answers:
        raise ValueError(f"«{_short(text)}» is neither yes nor no")
    return answers[text.lower()]


def one_of(*known: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise ValueError(f"«{_short(text)}» is not one of {', '.join(known)}")
        return text

    return read


COLUMNS = {
    "kind": Column(one_of(*KINDS), needed=True),
    "category": Column(path, needed=True),
    "name": Column(words, needed=True),
    "slug": Column(words),
    "summary": Column(words),
    "description": Column(words),
    "cover": Column(words),
    "published": Column(yes_or_no),
    "price": Column(amount),
    "price_unit": Column(one_of(*UNITS_OF["booking"], *UNITS_OF["goods"])),
    "refund_policy": Column(words),
    "stock": Column(whole),
    "resource": Column(words),
    "place": Column(words),
    "units": Column(whole),
    "time_zone": Column(words),
    "hours": Column(read_week),
    "length": Column(whole),
    "max_length": Column(whole),
    "length_step": Column(whole),
    "start_step": Column(whole),
    "buffer_before": Column(whole),
    "buffer_after": Column(whole),
    "lead_time": Column(whole),
    "horizon_days": Column(whole),
    "max_quantity": Column(whole),
}

OF_GOODS = {"stock"}
OF_BOOKINGS = set(list(COLUMNS)[list(COLUMNS).index("resource") :])


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
