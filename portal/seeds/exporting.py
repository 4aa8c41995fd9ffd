"""Writes the whole catalog as a file that can be brought in again: categories, what is known about their products, and
every product with its prices, variants and what goes with it.

The same catalog makes the same bytes. Left out is what is no catalog but its past or another's: prices that are over,
pictures, closures, refund policies but for their names.
"""

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from portal.domains import catalog
from portal.domains.catalog import Attribute, Category, Node
from portal.kernel.db import Tx
from portal.kernel.money import rounded
from portal.reports import everything_sold
from portal.seeds.columns import ATTRIBUTE, CATEGORY, COLUMNS, RESOURCE, VALUE
from portal.seeds.seasons import Season, seasons_of, write_seasons
from portal.seeds.serving import parts_of, write_parts
from portal.seeds.week import write_week

FORMULA = re.compile(r"'*[=+@]|'*-(?!\d)|'+-")
"""What a spreadsheet would calculate instead of showing it; it gets an apostrophe in front."""
RULES = ("max_length", "length_step", "start_step", "buffer_before", "buffer_after", "lead_time", "horizon_days")

Written = dict[str, str]
"""The cells of a line that are not empty, by their columns."""


def export_csv(tx: Tx, *, now: datetime) -> bytes:
    """As spreadsheets read it: UTF-8 with a mark, a column for each attribute."""
    lines = written(tx, now=now)
    values = sorted({name for line in lines for name in line if name.startswith(VALUE)})
    file = StringIO()
    writer = csv.DictWriter(file, [*COLUMNS, *values], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _guarded(cell) for name, cell in line.items()} for line in lines)
    return file.getvalue().encode("utf-8-sig")


def export_json(tx: Tx, *, now: datetime) -> bytes:
    """A list of objects, each on a line of its own."""
    objects = ",\n".join(json.dumps(line, ensure_ascii=False) for line in written(tx, now=now))
    return f"[\n{objects}\n]\n".encode()


def written(tx: Tx, *, now: datetime) -> list[Written]:
    """The lines: the tree, then definitions, then products, so that each finds what it needs before it."""
    tree = catalog.category_tree(tx, now=now, hidden=True)
    paths = dict(_paths(tree, ()))
    shelves = [(node.category, path) for node in catalog.flat(tree) for path in [paths[node.category.id]]]
    defined = {category.id: catalog.attributes_of(tx, category.id) for category, _path in shelves}
    lines = [_category(category, path) for category, path in shelves]
    for category, path in shelves:
        lines += [_attribute(one, path) for one in defined[category.id] if one.category_id == category.id]
    seasons = {id: seasons_of(rows) for id, rows in everything_sold.seasons(tx).items()}
    weeks, parts = everything_sold.weeks(tx), everything_sold.parts(tx)
    others = everything_sold.others(tx)
    lines += [_filled(kind=RESOURCE) | _place(one, weeks.get(one.id, []), seasons.get(one.id, [])) for one in others]
    products = everything_sold.products(tx)
    prices, addons = everything_sold.prices(tx, now=now), everything_sold.addons(tx)
    known = {one.slug for some in defined.values() for one in some}
    for category, path in shelves:
        for row in products:
            if row.category_id == category.id:
                values = _values(row.attributes, defined[category.id], known) if not row.variant_of else {}
                more = values | _priced(prices.get(row.id, []), now)
                if row.resource_id:
                    more |= _place(row, weeks.get(row.resource_id, []), seasons.get(row.resource_id, []))
                    more |= _filled(parts=write_parts(parts_of(parts.get(row.id, []))))
                lines.append(_product(row, path, more, addons.get(row.id, [])))
    return [{name: line[name] for name in _in_order(line)} for line in lines]


def _paths(nodes: Sequence[Node], above: tuple[str, ...]) -> Iterable[tuple[Any, str]]:
    """The way to each category. Two of one name in one place are told apart by their addresses."""
    names = [node.category.name.casefold() for node in nodes]
    for node in nodes:
        name = node.category.name
        if names.count(name.casefold()) > 1:
            name = f"{name} [{node.category.slug}]"
        way = (*above, name.replace("/", "//"))
        yield node.category.id, " / ".join(way)
        yield from _paths(node.children, way)


def _category(category: Category, path: str) -> Written:
    return _filled(
        kind=CATEGORY,
        category=path,
        slug=category.slug,
        description=category.description,
        published=_yes(category.withdrawn_at is None),
        position=category.position,
        unlisted=_yes(category.unlisted),
    )


def _attribute(one: Attribute, path: str) -> Written:
    return _filled(
        kind=ATTRIBUTE,
        category=path,
        name=one.name,
        slug=one.slug,
        position=one.position,
        type=one.kind,
        unit=one.unit,
        options="\n".join(f"{key} = {words}" for key, words in one.options),
        shown=one.shown,
        required=_yes(one.required),
        filterable=_yes(one.filterable),
    )


def _place(row: Any, week: Sequence[Any], seasons: Sequence[Season]) -> Written:
    """What is booked, and when it is open."""
    told = {name: getattr(row, name) for name in ("resource", "resource_slug", "place", "units", "time_zone")}
    return _filled(**told, hours=write_week(week), seasons=write_seasons(seasons))


def _product(row: Any, path: str, more: Written, addons: Sequence[Any]) -> Written:
    line = {"kind": row.kind, "category": path, "slug": row.slug, "published": _yes(row.published)}
    if row.variant_of:
        line |= {"name": row.variant, "variant_of": row.variant_of}
    else:
        line |= {name: getattr(row, name) for name in ("name", "summary", "description", "cover")}
    line |= {"refund_policy": row.refund_policy or "", "stock": "" if row.stock is None else row.stock}
    line["addons"] = "; ".join(f"{one.slug}={one.most}" for one in addons)
    if row.resource_id:
        line |= {"length": row.min_length, "max_quantity": row.max_quantity, "once_each": _yes(row.once_each)}
        line |= {name: getattr(row, name) for name in RULES}
    return _filled(**line) | more


def _values(attributes: Mapping[str, Any], defined: Sequence[Attribute], known: set[str]) -> Written:
    """A column for each value that is in force, and what nobody defined as facts."""
    values = {VALUE + one.slug: _value(attributes[one.slug]) for one in defined if one.slug in attributes}
    facts = {name: value for name, value in attributes.items() if name not in known}
    return values | ({"facts": json.dumps(facts, ensure_ascii=False, sort_keys=True)} if facts else {})


def _value(value: Any) -> str:
    return _yes(value) if isinstance(value, bool) else str(value)


def _priced(rows: Sequence[Any], now: datetime) -> Written:
    """What it costs now, and every change to come; a time in between without a price is one."""
    line: Written = {}
    changes: list[str] = []
    ends: datetime | None = None
    for row in rows:
        if row.since <= now:
            line = {"price": _amount(row.amount, row.currency), "price_unit": row.unit}
        else:
            if ends is not None and ends < row.since:
                changes.append(f"{_moment(ends)} none")
            changes.append(f"{_moment(row.since)} {_amount(row.amount, row.currency)} {row.unit}")
        ends = row.until
    if ends is not None:
        changes.append(f"{_moment(ends)} none")
    if rows:
        line |= _filled(currency=rows[0].currency, later_prices="\n".join(changes))
    return line


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _amount(amount: Decimal, currency: str) -> str:
    return str(rounded(amount, currency))


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def _filled(**cells: Any) -> Written:
    return {name: str(cell) for name, cell in cells.items() if str(cell)}


def _in_order(line: Written) -> list[str]:
    return [name for name in COLUMNS if name in line] + sorted(name for name in line if name.startswith(VALUE))


def _guarded(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell
