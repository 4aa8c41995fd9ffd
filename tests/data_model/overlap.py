"""Tries the same bookings on two tables, of which one has a UNIQUE on resource, start and end, and one is ours."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Engine

from portal.kernel.db import transaction
from tests import factories

UNIQUE = """
CREATE TABLE plain_reservations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resource_id uuid NOT NULL,
    unit smallint,
    starts_at timestamptz,
    ends_at timestamptz,
    status text NOT NULL CHECK (status IN ('PENDING', 'CONFIRMED', 'CANCELLED')),
    UNIQUE (resource_id, unit, starts_at, ends_at)
)
"""
PLAIN = """
INSERT INTO plain_reservations (resource_id, unit, starts_at, ends_at, status)
VALUES (%(room)s, %(unit)s, %(starts)s, %(ends)s, 'CONFIRMED')
"""
OURS = """
INSERT INTO reservations (id, hold_id, resource_id, unit, account_id, during, status, order_id)
VALUES (gen_random_uuid(), %(hold)s, %(room)s, %(unit)s, %(who)s,
        tstzrange(%(starts)s::timestamptz, %(ends)s::timestamptz), 'CONFIRMED', %(hold)s)
"""
CANCEL = """
UPDATE {table} SET status = 'CANCELLED'
WHERE unit = 1 AND ({begins}, {is_over}) = (%(starts)s::timestamptz, %(ends)s::timestamptz)
"""
PAIRS = """
SELECT count(*) FROM {table} a JOIN {table} b ON a.id < b.id AND a.resource_id = b.resource_id AND a.unit = b.unit
    AND {meet} AND a.status <> 'CANCELLED' AND b.status <> 'CANCELLED'
"""


@dataclass(frozen=True)
class Try:
    """A booking as somebody wants it stored: from when to when, on a day in March. `cancel`: first, the one that is
    there at this very time is cancelled; `meets`: another one that somebody else stores at the same moment."""

    words: str
    starts: str | None
    ends: str | None
    unit: int | None = 1
    cancel: bool = False
    meets: tuple[str, str] | None = None


TRIES = (
    Try("the first one", "10:00", "11:00"),
    Try("the same again", "10:00", "11:00"),
    Try("begins before that one ends", "10:30", "11:30"),
    Try("lies within it", "10:15", "10:45"),
    Try("lies around it", "09:00", "12:00"),
    Try("a minute longer", "10:00", "11:01"),
    Try("right behind it", "11:00", "12:00"),
    Try("the second room of two", "10:00", "11:00", unit=2),
    Try("a ninth room of two", "10:00", "11:00", unit=9),
    Try("no room said", "10:00", "11:00", unit=None),
    Try("without an end", "14:00", None),
    Try("ends before it begins", "15:00", "14:00"),
    Try("the first one's time again, once it is cancelled", "10:00", "11:00", cancel=True),
    Try("two people at one moment", "16:00", "17:00", meets=("16:30", "17:30")),
)


@dataclass(frozen=True)
class Side:
    """One of the two tables."""

    url: str
    insert: str
    cancel: str
    pairs: str
    given: dict[str, Any]

    def tried(self) -> Iterator[str]:
        """What becomes of each, one after the other; at last, how many pairs of bookings overlap."""
        with self._connected() as connection, self._connected() as other:
            for one in TRIES:
                if one.cancel:
                    connection.execute(self.cancel.encode(), {"starts": _at(one.starts), "ends": _at(one.ends)})
                if one.meets:
                    other.autocommit = False
                    theirs = self._stored(other, one.meets[0], one.meets[1], one.unit)
                    yield self._meets(connection, other, one, theirs)
                else:
                    yield self._stored(connection, one.starts, one.ends, one.unit)
            ((count,),) = connection.execute(self.pairs.encode()).fetchall()
            yield f"**{count}**"

    def _meets(self, connection: Any, other: Any, one: Try, theirs: str) -> str:
        """The other has stored and not committed: whoever looks sees nothing in the way."""
        connection.execute("SET lock_timeout = '200ms'")
        mine = self._stored(connection, one.starts, one.ends, one.unit)
        other.commit()
        connection.execute("RESET lock_timeout")
        if theirs == mine == "stored":
            return "both stored"
        # It waited for the other, whose end nobody knew yet; now it is known.
        return "the second waits for the first, then is " + self._stored(connection, one.starts, one.ends, one.unit)

    def _stored(self, connection: Any, starts: str | None, ends: str | None, unit: int | None) -> str:
        try:
            connection.execute(
                self.insert.encode(), {**self.given, "unit": unit, "starts": _at(starts), "ends": _at(ends)}
            )
        except psycopg.Error as error:
            by = error.diag.constraint_name
            return f"refused by `{by}`" if by else f"refused: {error.diag.message_primary}"
        return "stored"

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            yield connection


def table(engine: Engine) -> str:
    """What became of each booking on either table, as a table of the page."""
    sides = _sides(engine)
    with psycopg.connect(sides[0].url, autocommit=True) as connection:
        connection.execute(UNIQUE)
        try:
            told = [list(side.tried()) for side in sides]
        finally:
            connection.execute("DROP TABLE plain_reservations")
    lines = ["| booking | `UNIQUE (resource_id, unit, starts_at, ends_at)` | `reservations` |", "| --- | --- | --- |"]
    words = [*(_said(one) for one in TRIES), "pairs of bookings that overlap in the end"]
    return "\n".join(lines + [_line(*row) for row in zip(words, *told, strict=True)])


def _sides(engine: Engine) -> Sequence[Side]:
    with transaction(engine) as tx:
        made = factories.bookable(tx, units=2)
        account = factories.account(tx).id
        tx.flush()
        hold = tx.connection().exec_driver_sql(
            "INSERT INTO holds (id, account_id, product_id, resource_id, starts_at, ends_at, quantity, amount) VALUES"
            " (gen_random_uuid(), %(who)s, %(product)s, %(room)s, now(), now() + interval '1 hour', 1, 0) RETURNING id",
            {"who": account, "product": made.product.id, "room": made.resource.id},
        )
        given = {"room": made.resource.id, "who": account, "hold": hold.scalar_one()}
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    plain, ours = "plain_reservations", "reservations"
    return [
        Side(
            url,
            PLAIN,
            CANCEL.format(table=plain, begins="starts_at", is_over="ends_at"),
            PAIRS.format(table=plain, meet="(a.starts_at, a.ends_at) OVERLAPS (b.starts_at, b.ends_at)"),
            given,
        ),
        Side(
            url,
            OURS,
            CANCEL.format(table=ours, begins="lower(during)", is_over="upper(during)"),
            PAIRS.format(table=ours, meet="a.during && b.during"),
            given,
        ),
    ]


def _line(words: str, plain: str, ours: str) -> str:
    """What only one of them stores stands out."""
    wrong = "stored" in plain and "refused" in ours
    return f"| {words} | {f'**{plain}**' if wrong else plain} | {ours} |"


def _at(time: str | None) -> str | None:
    return f"2027-03-01 {time}:00+00" if time else None


def _said(one: Try) -> str:
    times = f"{one.starts or '?'}–{one.ends or '?'}"
    return f"{times} and {'–'.join(one.meets)}: {one.words}" if one.meets else f"{times}: {one.words}"
