"""Objects from rows that came by the quick way (wire.py), as if the session had read them itself.

SQLAlchemy's own SELECT of an object costs ten times what its row does, and a page asks for a dozen of them. Here the
statement is written by hand and selects `columns(model)`. What the session knows of a row already is brought up to
date.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import inspect
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import Numeric

from portal.kernel import questions, wire
from portal.kernel.db import Base, Row, Tx, stored


@dataclass(frozen=True)
class _Shape:
    """What an object of a model is made of: names of attributes in the order of its columns, what turns a value of the
    driver's into one of ours where they differ, and which of them are the key."""

    columns: tuple[str, ...]
    names: tuple[str, ...]
    turned: tuple[tuple[str, Callable[[Any], Any]], ...]
    key: tuple[int, ...]


def columns(model: type[Base], name: str = "") -> str:
    """What a statement selects for objects of the model; `name` is the table's in it, if it has another there."""
    return ", ".join(f"{name or model.__tablename__}.{column}" for column in _shape(model).columns)


def read(tx: Tx, model: type[Row], sql: str, given: wire.Given) -> list[Row]:
    """The objects that the statement finds, which selects `columns(model)` and nothing else."""
    return questions.answer(tx, question(tx, model, sql, given))


def question(tx: Tx, model: type[Row], sql: str, given: wire.Given) -> questions.Question[list[Row]]:
    """The same for whoever has more to ask."""
    return questions.Question(sql, given, lambda found: [known(tx, model, row) for row in found])


def get(tx: Tx, model: type[Row], key: Any) -> Row | None:
    """The object of this primary key, as `Session.get` finds it: what the session knows already is not read again."""
    known_already = _remembered(tx, model, (key,))
    if known_already is not None and not inspect(known_already).expired:
        return known_already
    found = read(tx, model, _by_key(model), {"key": key})
    return found[0] if found else None


def several(tx: Tx, row: Sequence[Any], *models: type[Base]) -> list[Any]:
    """The objects of a row that has the columns of several models, one after the other, and then what else is in it."""
    found: list[Any] = []
    begin = 0
    for model in models:
        end = begin + len(_shape(model).columns)
        found.append(known(tx, model, row[begin:end]))
        begin = end
    return [*found, *row[begin:]]


def with_parts(
    tx: Tx, model: type[Row], found: Sequence[Sequence[Any]], name: str, parts: Sequence[Sequence[Any]]
) -> list[Row]:
    """The objects of these rows; what each has of its parts, in their order, stands in its attribute `name`."""
    part, own, owner = _relation(model, name)
    of: dict[Any, list[Base]] = defaultdict(list)
    for row in parts:
        one = known(tx, part, row)
        of[getattr(one, owner)].append(one)
    wholes = [known(tx, model, row) for row in found]
    for whole in wholes:
        set_committed_value(whole, name, of[getattr(whole, own)])
    return wholes


def known(tx: Tx, model: type[Row], row: Sequence[Any]) -> Row:
    """The session's object for this row, with the row's values."""
    shape = _shape(model)
    values = dict(zip(shape.names, row, strict=True))
    for name, turn in shape.turned:
        if values[name] is not None:
            values[name] = turn(values[name])
    found = _remembered(tx, model, tuple(row[at] for at in shape.key))
    if found is None:
        # Not by its constructor, which sets each attribute as if somebody changed it.
        found = cast(Row, inspect(model).class_manager.new_instance())
        found.__dict__.update(values)
        return stored(tx, found)
    for name, value in values.items():
        set_committed_value(found, name, value)
    return found


def _remembered(tx: Tx, model: type[Row], key: tuple[Any, ...]) -> Row | None:
    """The session's object of this key, if it has one."""
    return cast(Row | None, tx.identity_map.get(inspect(model).identity_key_from_primary_key(key)))


@lru_cache(maxsize=100)
def _relation(model: type[Base], name: str) -> tuple[type[Base], str, str]:
    """The model of the parts, and the attributes by which a whole and its part find each other."""
    relation = inspect(model).relationships[name]
    ((own, owner),) = relation.local_remote_pairs
    here, there = relation.parent.get_property_by_column(own), relation.mapper.get_property_by_column(owner)
    return relation.mapper.class_, here.key, there.key


@lru_cache(maxsize=100)
def _by_key(model: type[Base]) -> str:
    (key,) = inspect(model).primary_key
    return f"SELECT {columns(model)} FROM {model.__tablename__} WHERE {key.name} = %(key)s"  # noqa: S608  # our own words


@lru_cache(maxsize=100)
def _shape(model: type[Base]) -> _Shape:
    mapper = inspect(model)
    attributes = [(one.key, one.columns[0]) for one in mapper.column_attrs if not one.deferred]
    ours = dialect()
    turned = []
    for name, column in attributes:
        # Numbers are Decimal by the driver already, and SQLAlchemy would have to know how they come.
        kind = column.type.dialect_impl(ours)
        turn = None if isinstance(kind, Numeric) else kind.result_processor(ours, None)
        turned += [(name, turn)] if turn else []
    return _Shape(
        columns=tuple(column.name for _, column in attributes),
        names=tuple(name for name, _ in attributes),
        turned=tuple(turned),
        key=tuple(at for key in mapper.primary_key for at, (_, column) in enumerate(attributes) if column is key),
    )
