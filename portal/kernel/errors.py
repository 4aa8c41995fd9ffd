"""Facts that stop an act and change nothing; each carries words for people and, where one is to blame, a field.

A message is English with named %(gaps)s. The web translates it, so a domain never needs to know who is reading.
"""

from collections.abc import Mapping
from typing import Any


def N_(message: str) -> str:
    """Marks a message for the translators; returns it unchanged."""
    return message


class Fact(Exception):
    """Something is so, and therefore the act did not happen. `code` is for machines; `field` names the input."""

    code = "fact"
    message = N_("That is not possible.")
    field: str | None = None

    def __init__(self, message: str | None = None, *, field: str | None = None, **params: Any) -> None:
        self.message = message or type(self).message
        self.field = field or type(self).field
        self.params = params
        super().__init__(self.message % params if params else self.message)


class Refusal(Fact):
    """Business says no. In a saga it turns the way round: what was done before is undone."""

    code = "refused"


class NotFound(Fact):
    """There is no such thing, or it is not this person's to see; the two are not told apart."""

    code = "not-found"
    message = N_("There is nothing here by that name.")


class Stale(Fact):
    """Somebody else changed the thing since it was read; nothing was overwritten."""

    code = "stale"
    message = N_("Somebody else changed this meanwhile. Look at their version before you save yours.")


class KeyReused(Fact):
    """The same idempotency key came with another request."""

    code = "idempotency-mismatch"
    message = N_("This key was used before, for another request.")


class Invalid(Fact):
    """The input has faults: `faults` maps a field to its message and its gaps. Nothing was changed."""

    code = "invalid"
    message = N_("Some fields need another look.")

    def __init__(self, faults: Mapping[str, str | tuple[str, Mapping[str, Any]]]) -> None:
        super().__init__()
        self.faults: dict[str, tuple[str, Mapping[str, Any]]] = {
            field: (fault, {}) if isinstance(fault, str) else fault for field, fault in faults.items()
        }

    def __str__(self) -> str:
        return "; ".join(
            f"{field}: {text % params if params else text}" for field, (text, params) in self.faults.items()
        )
