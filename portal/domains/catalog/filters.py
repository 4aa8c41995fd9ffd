"""What a list may be narrowed by: conditions on the values of attributes, and nothing that is not defined."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.domains.catalog.searching import containing

Condition = tuple[str, dict[str, Any]]
"""A condition on products, and its parameters."""


@dataclass(frozen=True)
class AnyOf:
    """One of these: keys of a choice, or yes and no of a flag."""

    slug: str
    values: Sequence[str | bool]

    def condition(self, own: str) -> Condition:
        # Containments: the index on `attributes` answers all of them at once.
        known = [json.dumps({self.slug: value}) for value in self.values]
        return f"attributes @> ANY(CAST(%({own})s AS jsonb[]))", {own: known}


@dataclass(frozen=True)
class Between:
    """From `least` to `most`, both included; either may be open. Numbers, or days written 2026-12-01."""

    slug: str
    least: int | float | str | None = None
    most: int | float | str | None = None

    def condition(self, own: str) -> Condition:
        # Compared as JSON: numbers by size, texts (and so days) by their letters, and no value makes the cast fail.
        value, ends = f"attributes -> %({own})s", {"least": (">=", self.least), "most": ("<=", self.most)}
        bounds = [
            f"{value} {sign} CAST(%({own}_{end})s AS jsonb)" for end, (sign, bound) in ends.items() if bound is not None
        ]
        given = {f"{own}_{end}": json.dumps(bound) for end, (_, bound) in ends.items() if bound is not None}
        return " AND ".join(bounds) or "true", {own: self.slug} | given


@dataclass(frozen=True)
class Containing:
    """This text is part of the value, in large or small letters."""

    slug: str
    text: str

    def condition(self, own: str) -> Condition:
        given = {own: self.slug, f"{own}_text": containing(self.text.lower())}
        return f"lower(attributes ->> %({own})s) LIKE %({own}_text)s", given


Filter = AnyOf | Between | Containing
