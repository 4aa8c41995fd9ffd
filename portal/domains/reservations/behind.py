"""Behind whom a claim stands: those who wait in line for a time are offered what is free before anybody else has it.

The line is the one look at a table of a domain above: only in the statement that takes the units is it certain that
nobody gets before those who wait.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.domains.reservations.changes import KEPT
from portal.domains.reservations.errors import SlotTaken, SlotWaitedFor
from portal.domains.reservations.terms import Terms
from portal.kernel import wire
from portal.kernel.db import Tx

# All that is free throughout the time somebody in line waits for, or would be if what has run out were let go.
_ALL_FREE = f"""
    SELECT count(*) FROM resource_units
    WHERE resource_id = %(of)s AND unit <= %(units)s AND retired_at IS NULL AND unit NOT IN (
        SELECT unit FROM reservations
        WHERE resource_id = %(of)s AND during && tstzrange(
            line.starts_at - (CAST(%(starts_at)s AS timestamptz) - CAST(%(from)s AS timestamptz)),
            line.ends_at + (CAST(%(until)s AS timestamptz) - CAST(%(ends_at)s AS timestamptz))
        ) AND status <> 'CANCELLED' AND {KEPT}
        UNION ALL SELECT unit FROM reservations WHERE hold_id = %(keeps)s
    )
"""  # noqa: S608  # the rule is our own words
# Others whose time meets this one and whose party fits in at this very moment; of several resources it is judged by
# the number alone. Whom it was offered to just now, and who could not have it, does not stand in the way.
IN_LINE = f"""
    SELECT 1 FROM (
        SELECT starts_at, ends_at, min(quantity) AS least FROM waiting_entries
        WHERE NOT %(from_line)s AND product_id = %(product_id)s AND state = 'waiting'
          AND starts_at < %(ends_at)s AND ends_at > %(starts_at)s AND account_id <> %(account_id)s
          AND NOT EXISTS (
            SELECT FROM unnest(
                CAST(%(passed_starts)s AS timestamptz[]), CAST(%(passed_ends)s AS timestamptz[]),
                CAST(%(passed_numbers)s AS int[])
            ) AS passed (starts, ends, number)
            WHERE starts = starts_at AND ends = ends_at AND quantity >= number
          )
        GROUP BY starts_at, ends_at
    ) AS line
    WHERE least <= CASE WHEN %(in_parts)s THEN %(quantity)s ELSE ({_ALL_FREE}) END
"""  # noqa: S608  # the rule is our own words
_WAITED_FOR = """
SELECT starts_at FROM waiting_entries
WHERE product_id = %(product_id)s AND state = 'waiting' AND starts_at < %(ends_at)s AND ends_at > %(starts_at)s
  AND account_id <> %(account_id)s
GROUP BY starts_at ORDER BY starts_at LIMIT %(most)s
"""
MOST_LINES = 20
"""So many lines that meet a time are named."""


@dataclass(frozen=True)
class Room:
    """A number of places of a product at a time."""

    product_id: UUID
    starts_at: datetime
    ends_at: datetime
    quantity: int


@dataclass(frozen=True)
class Behind:
    """Behind whom a claim stands: everybody in line for the time, but for the parties of these sizes or larger, to whom
    it was offered just now in vain; nobody, where it is itself the offer of somebody who waited (`from_line`).
    `keeps`: the hold it takes the place of, whose units are not free for anybody else."""

    passed_over: Sequence[Room] = ()
    from_line: bool = False
    keeps: UUID | None = None

    def asked(self, terms: Terms) -> dict[str, object]:
        """The parameters of IN_LINE."""
        return {
            "units": terms.units,
            "from_line": self.from_line,
            "keeps": self.keeps,
            "in_parts": bool(terms.parts),
            "passed_starts": [room.starts_at for room in self.passed_over],
            "passed_ends": [room.ends_at for room in self.passed_over],
            "passed_numbers": [room.quantity for room in self.passed_over],
        }


EVERYBODY = Behind()


def refused(tx: Tx, wish: Mapping[str, Any]) -> SlotTaken:
    """Why there is nothing for this wish: it is taken, or others wait for what is free."""
    starts = wire.ask(tx, _WAITED_FOR, {**wish, "most": MOST_LINES})
    return SlotWaitedFor([(wish["product_id"], start) for (start,) in starts]) if starts else SlotTaken()
