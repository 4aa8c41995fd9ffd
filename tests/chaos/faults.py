"""What goes wrong at the provider: calls that get no answer before or after their effect, and webhooks that stray."""

import time
from collections.abc import Mapping
from random import Random

from tests.chaos.trial import Trial

AFTER = ("timeout_after", "cut_after", "error_after")
BEFORE = ("timeout_before", "cut_before", "error_before")
FAULTS: Mapping[tuple[str, str], int] = {
    **{(call, fault): 2 for call in ("confirm", "refund") for fault in AFTER},
    **{(call, fault): 1 for call in ("confirm", "refund") for fault in (*BEFORE, "slow")},
    **{("create", fault): 1 for fault in (*AFTER, "cut_before")},
    **{("retrieve", fault): 1 for fault in ("timeout_before", "error_before")},
    ("search", "error_before"): 1,
    ("cancel", "cut_after"): 1,
    **{("webhook", fault): 2 for fault in ("duplicate", "late", "lost")},
    ("*", "down"): 1,
    ("search", "lag"): 1,
}
"""Where and what, and how often each has its turn in a round. The dangerous ones come after the effect."""
SECONDS = {"timeout_before": 2.0, "timeout_after": 2.0, "slow": 1.0, "late": 2.0}


class Faults:
    """Orders them. Belongs to the main thread."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.provider = trial, trial.house.provider
        self.chance = Random(f"{trial.seed} faults")
        self._heal_at: float | None = None

    def order(self, where: str, what: str) -> None:
        if what == "lag":  # never longer than what the portal gives it to settle
            self.provider.set(search_lag_ms=self.chance.choice((0, 500, 1000)))
        elif what == "down":
            self._heal_at = time.monotonic() + 0.5 + self.chance.random()
            self.provider.fault(where, what)
        else:
            more = {"seconds": SECONDS[what]} if what in SECONDS else {}
            self.provider.fault(where, what, self.chance.randint(1, 2), **more)
        self.trial.notes.count(f"faults of the provider: {what.replace('_', ' ')}")

    def tend(self) -> None:
        """Ends an outage."""
        if self._heal_at is not None and self._heal_at <= time.monotonic():
            self._heal_at = None
            self.provider.clear_faults()

    def make_peace(self) -> None:
        self._heal_at = 0.0
        self.tend()
        self.provider.set(search_lag_ms=0)
