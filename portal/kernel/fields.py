"""Checks what people typed, field by field, and gathers every fault, so that a form is told all of them at once."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from portal.kernel.errors import N_, Invalid

MOST_REASON = 500
UNKEEPABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but for tab and line feed, and halves of characters."""
TURNED = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Invisible marks that turn the direction of what follows, even behind the text; telephones copy them along."""


def reason_fault(reason: str, empty: str) -> tuple[str, Mapping[str, Any]] | None:
    """What is wrong with why somebody did something: nothing, or more than people read. `empty` asks for it kindly."""
    if not reason:
        return empty, {}
    if len(reason) > MOST_REASON:
        return N_("At most %(most)s characters, please."), {"most": MOST_REASON}
    return None


class Faults:
    """What is wrong with an input. The first fault of a field is kept; the checks answer the cleaned value."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, Mapping[str, Any]]] = {}

    def add(self, field: str, message: str, **params: Any) -> None:
        """Notes a fault, unless the field already has one."""
        self.found.setdefault(field, (message, params))

    def stop(self) -> None:
        """Raises Invalid if anything was found."""
        if self.found:
            raise Invalid(self.found)

    def line(self, field: str, value: object, *, most: int, needed: bool = False) -> str:
        """A single line of at most `most` characters; runs of white space become one space."""
        return self._text(field, value, most, needed, lambda text: " ".join(text.split()))

    def text(self, field: str, value: object, *, most: int, needed: bool = False) -> str:
        """Text of several lines."""
        return self._text(field, value, most, needed, lambda text: re.sub(r"\r\n?", "\n", text).strip())

    def whole(self, field: str, value: object, *, least: int, most: int) -> int:
        """A whole number within bounds."""
        if isinstance(value, bool) or not isinstance(value, int):
            self.add(field, N_("Write a whole number."))
        elif value < least:
            self.add(field, N_("This must be at least %(least)s."), least=least)
        elif value > most:
            self.add(field, N_("This must be at most %(most)s."), most=most)
        else:
            return value
        return least

    def _text(self, field: str, value: object, most: int, needed: bool, tidy: Any) -> str:
        if not isinstance(value, str):
            self.add(field, N_("Write text here."))
            return ""
        # One spelling of every syllable (macOS sends Korean in pieces), so that a search finds what was written.
        cleaned: str = tidy(TURNED.sub("", unicodedata.normalize("NFC", value)))
        if UNKEEPABLE.search(cleaned):
            self.add(field, N_("There is a character in it that cannot be kept."))
        elif len(cleaned) > most:
            self.add(field, N_("At most %(most)s characters; this has %(count)s."), most=most, count=len(cleaned))
        elif needed and not cleaned:
            self.add(field, N_("This cannot be empty."))
        else:
            return cleaned
        return ""
