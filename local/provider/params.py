"""Takes the parameters of a call out one by one, each with its type and bounds, and names the one that is wrong."""

import re
from typing import Any
from urllib.parse import urlsplit

from local.provider.errors import invalid, missing


class Params:
    """The parameters one call was sent; whatever is not in `allowed` is refused, as Stripe does."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def allow(self, *names: str) -> None:
        for name in self._values:
            if name not in names:
                raise invalid(f"Received unknown parameter: {name}", name, "parameter_unknown")

    def text(self, name: str, *, longest: int = 5000) -> str | None:
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise invalid(f"Invalid string: {name}", name)
        if len(value) > longest:
            raise invalid(f"Invalid string: must be at most {longest} characters", name)
        return value

    def needed(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise missing(name)
        return value

    def integer(self, name: str, *, least: int, most: int) -> int | None:
        value = self.text(name)
        if value is None:
            return None
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise invalid(f"Invalid integer: {value}", name, "parameter_invalid_integer")
        if int(value) < least:
            raise invalid(f"This value must be greater than or equal to {least}.", name, "parameter_invalid_integer")
        if int(value) > most:
            raise invalid(f"{name} must be no more than {most}", name, "amount_too_large" if name == "amount" else None)
        return int(value)

    def flag(self, name: str) -> bool:
        value = self.choice(name, "true", "false")
        return value == "true"

    def choice(self, name: str, *options: str) -> str | None:
        value = self.text(name)
        if value is not None and value not in options:
            raise invalid(f"Invalid {name}: must be one of {', '.join(options)}", name)
        return value

    def address(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc):
            raise invalid("Not a valid URL", name, "url_invalid")
        return value

    def group(self, name: str) -> "Params | None":
        value = self._values.get(name)
        if value is None or isinstance(value, dict):
            return None if value is None else Params(value)
        raise invalid(f"Invalid object: {name}", name)

    def choices(self, name: str) -> list[str]:
        value = self._values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise invalid(f"Invalid array: {name}", name)
        return value

    def metadata(self) -> dict[str, str]:
        """At most 50 names of 40 characters with values of 500, Stripe's bounds."""
        value = self._values.get("metadata") or {}
        if isinstance(value, list):  # the names were 0, 1, 2 …
            value = {str(i): inner for i, inner in enumerate(value)}
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise invalid("Invalid metadata: must be names with text values", "metadata")
        if len(value) > 50:
            raise invalid("You can have up to 50 metadata keys.", "metadata")
        for name, text in value.items():
            if len(name) > 40 or len(text) > 500:
                raise invalid("Metadata keys have up to 40 characters, values up to 500.", f"metadata[{name}]")
        return {name: text for name, text in value.items() if text}

    def expand(self, *expandable: str) -> frozenset[str]:
        """Which identifiers the caller wants as whole objects; in lists they are asked for as `data.name`."""
        asked = [name.removeprefix("data.") for name in self.choices("expand")]
        for name in asked:
            if name not in expandable:
                raise invalid(f"This property cannot be expanded ({name}).", "expand")
        return frozenset(asked)
