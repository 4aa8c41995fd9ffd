"""When to try again, when to believe a «not found», and when to stop and call a person."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """All times in seconds, counted by the database's clock."""

    lease: float = 30.0
    """How long a driver that says nothing keeps its saga."""
    first: float = 0.5
    factor: float = 2.0
    cap: float = 60.0
    jitter: float = 0.2
    max_attempts: int = 60
    """Visits without progress before the saga is parked; crashes count, because the claim counts."""
    settle: float = 10.0
    """Until then a provider's search may not know yet what it has already done."""
    key_retention: float = 23 * 3600.0
    """Beyond it the provider may have forgotten our key, and sending again could do the thing twice (Stripe: 24 h)."""

    def delay(self, attempts: int) -> float:
        """Seconds until the next try, after this many tries without progress: doubling, capped, spread out."""
        plain = min(self.cap, self.first * self.factor ** min(attempts - 1, 30))
        return plain * random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311  # spreads retries, keeps no secret
