"""The faults one can order for the next calls and webhooks; they last until used up or cleared, not over a restart."""

import threading
from dataclasses import asdict, dataclass
from typing import Any

CALLS = ("create", "confirm", "cancel", "refund", "retrieve", "search")
CALL_FAULTS = (  # "after": after the effect was booked
    "timeout_before",
    "timeout_after",
    "cut_before",
    "cut_after",
    "error_before",
    "error_after",
    "slow",
    "down",
)
WEBHOOK_FAULTS = ("duplicate", "late", "lost")
HIDING = "hidden"  # it says that there is no such payment, whatever its books say
LOOKS = ("confirm", "retrieve", "search")  # the calls that can hide one
SECONDS = {"timeout_before": 30.0, "timeout_after": 30.0, "slow": 2.0, "late": 5.0}


class BadFault(ValueError):
    """There is no such fault, or not there."""


@dataclass
class Fault:
    """`times` is None for a fault that stays until it is cleared; `seconds` how long it holds or delays."""

    on: str
    fault: str
    times: int | None
    seconds: float

    def strikes(self, place: str) -> bool:
        known = WEBHOOK_FAULTS if place == "webhook" else (*CALL_FAULTS, HIDING)
        return self.fault in known and self.on in (place, "*")


class Faults:
    """Taken in the order they were set; each call meets one at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._standing: list[Fault] = []

    def add(self, wish: dict[str, Any]) -> None:
        """`{"on", "fault", "times"?, "seconds"?}`; `down` without `times` lasts until cleared. Raises BadFault."""
        unknown = set(wish) - {"on", "fault", "times", "seconds"}
        on, fault = str(wish.get("on")), str(wish.get("fault"))
        if unknown:
            raise BadFault(f"unknown: {', '.join(sorted(unknown))}")
        if on not in (*CALLS, "webhook", "*"):
            raise BadFault(f"on is one of {', '.join(CALLS)}, webhook, *")
        possible = {"webhook": WEBHOOK_FAULTS, "*": (*CALL_FAULTS, *WEBHOOK_FAULTS)}.get(on, CALL_FAULTS)
        possible += (HIDING,) if on in LOOKS else ()
        if fault not in possible:
            raise BadFault(f"fault on {on} is one of {', '.join(possible)}")
        times = wish.get("times", None if fault == "down" else 1)
        if times is not None and (type(times) is not int or times < 1):
            raise BadFault("times is a whole number from 1")
        seconds = wish.get("seconds", SECONDS.get(fault, 0.0))
        if type(seconds) not in (int, float) or not 0 <= seconds <= 3600:
            raise BadFault("seconds is a number from 0 to 3600")
        with self._lock:
            self._standing.append(Fault(on, fault, times, seconds))

    def take(self, place: str) -> Fault | None:
        """The fault that strikes this call or webhook, counted down."""
        with self._lock:
            fault = next((f for f in self._standing if f.strikes(place)), None)
            if fault is not None and fault.times is not None:
                fault.times -= 1
                if fault.times == 0:
                    self._standing.remove(fault)
            return fault

    def clear(self) -> None:
        with self._lock:
            self._standing.clear()

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._standing]
