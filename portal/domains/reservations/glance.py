"""A glance at a time before anybody queues for it: in a rush it tells nearly all, without waiting for anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.domains.reservations.changes import KEPT, RUNNING
from portal.kernel import questions, wire
from portal.kernel.db import Tx

_HAS_LIVE = f"""
SELECT 1 FROM holds JOIN reservations ON hold_id = holds.id
WHERE holds.account_id = %(account_id)s AND product_id = %(product_id)s
  AND starts_at = {{starts}} AND ends_at = {{ends}} AND {RUNNING}
LIMIT 1
"""  # noqa: S608  # the rule is our own words
# By the product's own rules of time, so that it travels with the question for them; what is amiss with the wish itself
# is told by those who judge it. Only of what is full it is asked whether the wish made a hold already.
_GLANCE = f"""
SELECT full_up, full_up AND (EXISTS (
    SELECT 1 FROM holds WHERE account_id = %(account_id)s AND idempotency_key = CAST(%(idempotency_key)s AS text)
) OR CAST(%(idempotency_key)s AS text) IS NULL AND EXISTS ({_HAS_LIVE.format(starts="%(starts_at)s", ends="ends")}))
FROM (
    SELECT resource_id AS of, units, make_interval(mins => buffer_before) AS before,
           make_interval(mins => buffer_after) AS after, CAST(%(starts_at)s AS timestamptz) AS starts,
           coalesce(
               CAST(%(ends_at)s AS timestamptz),
               CAST(%(starts_at)s AS timestamptz) + make_interval(mins => min_length)
           ) AS ends
    FROM offerings JOIN resources ON resources.id = resource_id
    WHERE product_id = %(product_id)s AND withdrawn_at IS NULL
    ORDER BY offerings.id LIMIT 1
) AS asked CROSS JOIN LATERAL (
    SELECT count(DISTINCT unit) > units - %(quantity)s AS full_up FROM reservations
    WHERE resource_id = of AND during && tstzrange(starts - before, greatest(starts, ends) + after)
      AND status <> 'CANCELLED' AND {KEPT}
) AS seen
"""  # noqa: S608  # the rule is our own words


@dataclass(frozen=True)
class Glance:
    """Whether so many as are wished cannot be free, and then, whether this wish has made a hold already: by its key,
    or, without one, by person, product and time. Says nothing of what is served by several resources."""

    full: bool
    known: bool

    @property
    def in_vain(self) -> bool:
        """Nobody has to queue to hear no."""
        return self.full and not self.known


def glance(wish: Mapping[str, Any], starts_at: datetime, ends_at: datetime | None) -> questions.Question[Glance]:
    """The question for it; where it is not said when it ends, it is asked for the shortest time."""
    given = {**wish, "starts_at": starts_at, "ends_at": ends_at}
    return questions.Question(_GLANCE, given, lambda rows: Glance(*rows[0]) if rows else Glance(False, False))


def has_live(tx: Tx, wish: Mapping[str, Any]) -> bool:
    """Whether this person holds this time of the product already."""
    return bool(wire.ask(tx, _HAS_LIVE.format(starts="%(starts_at)s", ends="%(ends_at)s"), wish))
