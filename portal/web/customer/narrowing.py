"""The filters of a category: read from the address, so that a list can be kept, sent and gone back to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.domains.catalog import AnyOf, Between, Containing, Filter, Trait
from portal.web.customer.values import said

LONGEST = 100
MOST_CHOSEN = 60
Given = MultiDict[str, str]


@dataclass(frozen=True)
class Narrowed:
    """What was asked for: `filters` for the domain, `kept` for addresses, `faults` by field, `chips` to take back."""

    filters: list[Filter]
    kept: dict[str, Any]
    faults: dict[str, str]
    chips: list[tuple[str, str]]
    """The parameter and what it says."""


def narrowed(traits: Sequence[Trait], given: Given) -> Narrowed:
    """Reads `a.SLUG`, or `a.SLUG.from` and `a.SLUG.to`, for each of the category's attributes; all else is ignored."""
    found = Narrowed([], {}, {}, [])
    for one in traits:
        READ[one.kind](found, one, f"a.{one.slug}", given)
    return found


def fields(traits: Sequence[Trait]) -> list[dict[str, Any]]:
    """What the page draws: each attribute with its parameter and its choices (key, words)."""
    answers = [("true", _("yes")), ("false", _("no"))]
    return [
        {
            "name": one.name,
            "param": f"a.{one.slug}",
            "kind": one.kind,
            "unit": one.unit,
            "options": answers if one.kind == "flag" else one.options,
        }
        for one in traits
    ]


def _chosen(found: Narrowed, one: Trait, param: str, given: Given) -> None:
    known = [key for key, _words in one.options]
    chosen = [key for key in known if key in given.getlist(param)[:MOST_CHOSEN]]
    if chosen:
        found.filters.append(AnyOf(one.slug, chosen))
        found.kept[param] = chosen
        found.chips.append((param, ", ".join(said(one, key) for key in chosen)))


def _answered(found: Narrowed, one: Trait, param: str, given: Given) -> None:
    answers = {"true": True, "false": False}
    chosen = [word for word in answers if word in given.getlist(param)[:MOST_CHOSEN]]
    if chosen:
        found.filters.append(AnyOf(one.slug, [answers[word] for word in chosen]))
        found.kept[param] = chosen
        told = ", ".join(said(one, answers[word]) for word in chosen)
        found.chips.append((param, _("%(name)s: %(value)s", name=one.name, value=told)))


def _contained(found: Narrowed, one: Trait, param: str, given: Given) -> None:
    text = given.get(param, "").encode("utf-8", "ignore").decode().replace("\0", " ").strip()[:LONGEST]
    if text:
        found.filters.append(Containing(one.slug, text))
        found.kept[param] = text
        found.chips.append((param, _("%(name)s: %(value)s", name=one.name, value=text)))


def _between(found: Narrowed, one: Trait, param: str, given: Given) -> None:
    read: dict[str, Any] = {}
    for end in ("from", "to"):
        typed = given.get(f"{param}.{end}", "").strip()[:LONGEST]
        if not typed:
            continue
        found.kept[f"{param}.{end}"] = typed
        try:
            read[end] = _number(typed) if one.kind == "number" else date.fromisoformat(typed).isoformat()
        except ValueError:
            number, day = _("Write a number, such as 12 or 12.5."), _("Write a day, such as 2026-12-01.")
            found.faults[f"{param}.{end}"] = number if one.kind == "number" else day
    if len(read) == 2 and read["to"] < read["from"]:
        found.faults[f"{param}.to"] = _("From and to are the other way round.")
    elif read:
        found.filters.append(Between(one.slug, read.get("from"), read.get("to")))
        shown = {end: said(one, value) for end, value in read.items()}
        if len(shown) == 2:
            words = _("%(name)s: %(least)s to %(most)s", name=one.name, least=shown["from"], most=shown["to"])
        elif "from" in shown:
            words = _("%(name)s: from %(least)s", name=one.name, least=shown["from"])
        else:
            words = _("%(name)s: up to %(most)s", name=one.name, most=shown["to"])
        found.chips.append((param, words))


def _number(typed: str) -> int | float:
    number = float(typed.replace(",", "."))
    if not math.isfinite(number) or "_" in typed:
        raise ValueError(typed)
    return int(number) if number == int(number) else number


READ = {"choice": _chosen, "flag": _answered, "text": _contained, "number": _between, "date": _between}
