"""Stuck money in people's words: why a process waits, what comes next, and what each cure does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask_babel import gettext as _

from portal.domains import recovery
from portal.kernel.sagas import Progress

RETURNED = recovery.RETURNED
IN_DOUBT = {"calling", "unknown", "waiting"}
ENDED = {"done", "compensated", "handed_over"}


class Stuck(Protocol):
    """A process as a list or a page knows it."""

    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def parked_from(self) -> str | None: ...
    @property
    def park_reason(self) -> str | None: ...
    @property
    def next_at(self) -> datetime | None: ...
    @property
    def failing_since(self) -> datetime | None: ...


@dataclass(frozen=True)
class Cure:
    """One act: its button, what it does, and whether a second person has to agree."""

    name: str
    label: str
    words: str
    tone: str
    two: bool

    @classmethod
    def of(cls, name: str, two: bool, *, returned: bool = False) -> "Cure":
        label, words, tone = {
            "resume": (_("Try again now"), _("It goes on from the step where it stopped."), "primary"),
            "ask": (
                _("Ask the provider now"),
                _("Nothing is charged or sent by asking. If the provider knows the answer, all goes on by itself."),
                "primary",
            ),
            "release": (
                _("It did not happen: give back"),
                _(
                    "For when you know that no money moved. We ask the provider once more; if it does know of the "
                    "money, its answer counts. Else points, goods and places go back to where they were."
                ),
                "danger",
            ),
            "anew": (
                _("Send it again"),
                _(
                    "For when you know that the earlier try came to nothing. We ask the provider once more; only if it "
                    "knows of nothing a new try is sent."
                ),
                "quiet",
            ),
            "settle": (
                _("Settled outside"),
                _("For when the money moved another way, such as a bank transfer. Say where it can be found."),
                "quiet",
            ),
            "give_back": (
                _("Give everything back"),
                _(
                    "The card was charged but the booking cannot be completed. Money, points and places go back, and "
                    "the customer gets a mail."
                ),
                "danger",
            ),
        }[name]
        if returned and name == "anew":
            words = _(
                "To the same card, under a new key: once the customer knows that it works again. We ask the provider "
                "first; if an earlier try has arrived after all, nothing is sent."
            )
        return cls(name, label, words, tone, two and name not in {"resume", "ask"})


def said(act: str) -> str:
    """What is told after an act."""
    return {
        "resume": _("It goes on."),
        "ask": _("We are asking the provider now."),
        "release": _("It is being given back, unless the provider knows better."),
        "anew": _("It is being sent again, unless the provider knows better."),
        "settle": _("Noted as settled outside; it goes on."),
        "give_back": _("Everything is being given back."),
    }[act]


def why(stuck: Stuck) -> str:
    """Why it does not go on."""
    if stuck.state in ENDED:
        return _("It has ended; nothing waits.")
    if stuck.state == RETURNED:
        return _("The bank gave the money back to us; the customer does not have it.")
    money = _("the charge") if stuck.kind == "payment" else _("the refund")
    if stuck.kind == "late_payment" and stuck.failing_since and stuck.state != "parked":
        return _("Money came late, and booking again fails and is tried again.")
    if stuck.state == "parked":
        if stuck.parked_from in IN_DOUBT:
            return _("Nobody can tell what became of %(money)s.", money=money)
        if stuck.parked_from == "compensating":
            return _("Giving back what was taken fails again and again.")
        return _("A step fails again and again.")
    if stuck.state == "unknown":
        return _("The provider has not told us what became of %(money)s.", money=money)
    if stuck.state == "waiting":
        return _("The customer has to confirm at the bank.")
    return _("A step failed and is tried again.") if stuck.failing_since else _("It runs.")


def what_next(stuck: Stuck) -> str:
    """What happens if nobody does anything."""
    if stuck.state == "handed_over":
        return _("Nothing more here: a refund gives everything back.")
    if stuck.state in ENDED:
        return _("Nothing more.")
    if stuck.state in {"parked", RETURNED}:
        return _("Nothing, until you decide.")
    if stuck.state == "unknown":
        return _("We ask again by ourselves.")
    if stuck.state == "waiting":
        return _("At the end of that time it is cancelled at the provider.")
    return _("It is tried again by itself.") if stuck.failing_since else _("It goes on by itself.")


def story(progress: Progress) -> dict[str, str]:
    """Why and what next, for the page of one process."""
    return {"why": why(progress), "next": what_next(progress)}
