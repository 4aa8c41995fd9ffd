"""How soon somebody went on with a saga whose driver was lost, or whose ring nobody heard; from the witness's times."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tests.chaos.away import CONNECTIONS, POSTGRES, REDIS, RINGS, Away
from tests.chaos.witness import TakenUp

AT_MOST = 3.0
"""Seconds: after the end of a lost driver's lease, or after a saga began whose ring was lost."""
DRIVER = "driver lost; after the end of its lease"
RING = "ring lost; after the saga began"
HEARD = "ring heard; after the saga began"
QUEUE = "driver or ring lost, and a queue before it"
CROWD = 6
"""Where more had waited longer and came first, the hands were full: it tells of them, not of how a loss is found."""


def recoveries(all_taken: Iterable[TakenUp], away: Away, workers: Sequence[str]) -> Mapping[str, Sequence[float]]:
    """Seconds by what had happened, where there was anybody to go on: the database, and one worker all the while."""
    took: dict[str, list[float]] = defaultdict(list)
    moments = [(away.moment(taken.since), away.moment(taken.at), taken.why) for taken in all_taken]
    for since, at, why in moments:
        lost = why == "driver" or any(away.was(part, since, at) for part in (REDIS, RINGS))
        if why == "again" or any(away.was(part, since, at, after=1.0) for part in (POSTGRES, CONNECTIONS)):
            continue
        if all(away.was(worker, since, at) for worker in workers):
            continue
        if lost and sum(before < since < then < at for before, then, _ in moments) > CROWD:
            took[QUEUE].append(at - since)
        else:
            took[DRIVER if why == "driver" else RING if lost else HEARD].append(at - since)
    return took


def late(took: Mapping[str, Sequence[float]]) -> list[str]:
    """The bounds that were not kept, in words."""
    found = []
    for why in (DRIVER, RING):
        over = [seconds for seconds in took.get(why, ()) if seconds > AT_MOST]
        if over:
            found.append(
                f"{why}: {len(over)} of {len(took[why])} not within {AT_MOST:g} s, the last after {max(over):.1f}"
            )
    return found
