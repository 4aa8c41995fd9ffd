"""Reads Stripe's form encoding, where `metadata[order]=7` and `expand[0]=x` stand for nested values."""

import re
from typing import Any
from urllib.parse import parse_qsl

from local.provider.errors import invalid

NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


def pairs(encoded: str) -> list[tuple[str, str]]:
    """The names and values as sent, in their order."""
    try:
        return parse_qsl(encoded, keep_blank_values=True, strict_parsing=bool(encoded), errors="strict")
    except ValueError:
        raise invalid("The request could not be read as form data.") from None


def nested(flat: list[tuple[str, str]]) -> dict[str, Any]:
    """Put bracketed names into dictionaries; those that only count (`[0]`, `[]`) become lists."""
    tree: dict[str, Any] = {}
    for name, value in flat:
        match = NAME.match(name)
        if match is None:
            raise invalid(f"Invalid parameter name: {name}", name)
        steps = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        branch = tree
        for step in steps[:-1]:
            branch = branch.setdefault(step, {})
            if not isinstance(branch, dict):
                raise invalid(f"Invalid parameter: {name}", name)
        last = steps[-1] or str(len(branch))
        if last in branch:
            raise invalid(f"Parameter sent twice: {name}", name)
        branch[last] = value
    return {name: _listed(value) for name, value in tree.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and set(value) == {str(i) for i in range(len(value))}:
        return [_listed(value[str(i)]) for i in range(len(value))]
    return {name: _listed(inner) for name, inner in value.items()}
