"""When to try again, when to believe a «not found», and when to stop and call a person."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Retry:
    """How one step is tried again; all times in seconds, kept in the database as `next_at` and `failing_since`."""

    first: float = 0.5
    factor: float = 2.0
    cap: float = 60.0
    jitter: float = 0.2
    park_after: float = 900.0
    """So long without success, and the saga waits for a person."""

    def delay(self, attempts: int) -> float:
        """Seconds until the next try, after this many tries without progress: growing, capped, spread out."""
        plain = min(self.cap, self.first * self.factor ** min(attempts - 1, 30))
        return plain * random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311  # spreads retries, keeps no secret

    def __str__(self) -> str:
        tries = f"{words(self.first)} × {self.factor:g}, at most {words(self.cap)}"
        return f"{tries}; parked after {words(self.park_after)}"


LOCAL = Retry()
"""For steps that need only our own database."""


@dataclass(frozen=True)
class Policy:
    """What holds for every saga of a process. All times in seconds, counted by the database's clock."""

    lease: float = 30.0
    """How long a driver that says nothing keeps its saga."""
    pace: float = 1.0
    """Stretches the delays that the steps name; trials run fast with a small one."""
    cap: float = 3600.0
    """No delay is longer, whatever a step says."""
    max_attempts: int = 500
    """Visits without progress before the saga is parked; crashes count, because the claim counts."""
    settle: float = 10.0
    """Until then a provider's search may not know yet what it has already done."""
    key_retention: float = 23 * 3600.0
    """Beyond it the provider may have forgotten our key, and sending again could do the thing twice (Stripe: 24 h)."""

    def delay(self, retry: Retry, attempts: int) -> float:
        """Seconds until the next try of a step."""
        return min(self.cap, retry.delay(attempts) * self.pace)

    def gives_up(self, retry: Retry, failing_for: float) -> bool:
        """Whether a step has failed for so long that a person has to look."""
        return failing_for > retry.park_after * self.pace


def words(seconds: float) -> str:
    """A length of time as people write it."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
