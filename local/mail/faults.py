"""How the catcher misbehaves on request, so that senders can be tried against it."""

import threading
from typing import Any

KINDS = ["down", "reject", "slow", "cut_after"]  # the last two: kept, but the sender hears late or never


class BadFault(ValueError):
    """The wish cannot be understood; the message says why."""


class Faults:
    """Ordered faults in the order they came; the first that fits is used up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._standing: list[dict[str, Any]] = []

    def add(self, wish: Any) -> None:
        """`{"fault", "times"?, "seconds"?}`. Once unless `times` says more; `down` without `times` until cleared."""
        if not isinstance(wish, dict) or wish.get("fault") not in KINDS:
            raise BadFault(f"fault must be one of {', '.join(KINDS)}")
        times = wish.get("times", None if wish["fault"] == "down" else 1)
        seconds = wish.get("seconds", 5)
        if times is not None and (not isinstance(times, int) or times < 1):
            raise BadFault("times must be a whole number from 1")
        if not isinstance(seconds, int | float) or not 0 <= seconds <= 600:
            raise BadFault("seconds must be between 0 and 600")
        with self._lock:
            self._standing.append({"fault": wish["fault"], "times": times, "seconds": seconds})

    def take(self, *kinds: str) -> dict[str, Any] | None:
        """The first standing fault of these kinds, counted down."""
        with self._lock:
            for fault in self._standing:
                if fault["fault"] in kinds:
                    if fault["times"] is not None:
                        fault["times"] -= 1
                        if fault["times"] == 0:
                            self._standing.remove(fault)
                    return fault
        return None

    def standing(self) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(fault) for fault in self._standing]

    def clear(self) -> None:
        with self._lock:
            self._standing.clear()
