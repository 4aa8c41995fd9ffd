"""What is wrong with a file: in which line and column, in words that can be told in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


class Unreadable(ValueError):
    """A cell does not say what its column asks for; the message says what would, with named gaps for `params`."""

    def __init__(self, message: str, **params: Any) -> None:
        self.message, self.params = message, params
        super().__init__(message % params if params else message)


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong in which line (1 is the first; of JSON, which object) and column ("": the line as a whole)."""

    line: int
    column: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"line {self.line}{f', {self.column}' if self.column else ''}: {self.said}"

    @property
    def said(self) -> str:
        return self.message % self.params if self.params else self.message


def alike(problems: Iterable[Problem]) -> list[list[Problem]]:
    """Those that say the same of the same column together, in the order of their first lines."""
    found: dict[tuple[str, str], list[Problem]] = {}
    for one in problems:
        found.setdefault((one.column, one.said), []).append(one)
    return list(found.values())


class BadSheet(Exception):
    """The file was not imported, not even in part; `problems` says why, in order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
