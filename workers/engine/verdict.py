"""What a person decides about a call whose answer nobody knows: it was done, it was not, or it is sent anew.

Before anything but «done» is believed the provider is asked once more; what it knows outweighs what a person thinks.
"""

from collections.abc import Mapping
from typing import Any

from portal.kernel.errors import N_, Refusal
from portal.kernel.steps import Done


class Released(Refusal):
    """A person says that the call had no effect, so that the saga may go back."""

    code = "released"
    message = N_("This was ended by hand.")


class Anew(Refusal):
    """A person says that this attempt had no effect and a new one, under a new key, may be sent."""

    code = "sent-anew"
    message = N_("This attempt was given up; another one follows.")


def answer_of(verdict: Mapping[str, Any]) -> Done | Released | Anew:
    """The verdict as an answer of the call."""
    if verdict["as"] == "done":
        return Done(verdict.get("output") or {})
    return Anew() if verdict["as"] == "anew" else Released()
