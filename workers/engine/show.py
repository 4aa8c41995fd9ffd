"""The sagas as people read them: each table, and the definition of every function in it, in Markdown.

`flask sagas show` prints it and docs/sagas.md is it, so that the paper cannot drift from the code.
"""

from collections.abc import Iterable
from typing import Any

from portal.kernel.steps import External
from workers.engine.definition import Saga, Step, parameters
from workers.engine.policy import words

GIVEN = frozenset({"tx", "key", "done_key", "call", "answer", "refusal"})


def show(sagas: Iterable[Saga]) -> str:
    """Every saga: its rows, then its functions."""
    return "\n\n".join(_saga(saga) for saga in sagas) + "\n"


def _saga(saga: Saga) -> str:
    rows = [
        [
            step.mode.value,
            step.definition.service,
            step.name,
            _undone_by(step.undo),
            f"**{step.kind.value}**" if step.kind.value == "pivot" else step.kind.value,
            str(step.retry),
        ]
        for step in saga.steps
    ]
    table = _table(
        ["sync/async", "service", "function", "compensation", "kind", "tried again after"], rows, numbered=True
    )
    functions = [row for step in saga.steps for row in _functions(step)]
    definitions = _table(["service", "function", "in code", "inputs", "outcome", "refusals"], functions)
    title = f"## {saga.name.replace('_', ' ').capitalize()} (version {saga.version})"
    late = f"\n\nTurns back by itself unless the pivot was sent within {words(saga.deadline)}." if saga.deadline else ""
    return f"{title}\n\n{table}{late}\n\n### Functions of {saga.name.replace('_', ' ')}\n\n{definitions}"


def _undone_by(function: Any) -> str:
    return f"{function.definition.service}: {_words(function)}" if function else "–"


def _functions(step: Step) -> list[list[str]]:
    rows = [_function(step.name, step.do)]
    if step.undo:
        rows.append(_function(_words(step.undo), step.undo))
    return rows


def _function(words: str, function: Any) -> list[str]:
    if isinstance(function, External):
        parts = (function.intend, function.send, function.ask, function.record)
        inputs = frozenset().union(*(parameters(part) for part in parts)) - GIVEN
        name = f"{function.send.__module__.split('.')[2]}.{function.name}"
    else:
        inputs = parameters(function) - GIVEN
        name = f"{function.__module__.split('.')[2]}.{function.__name__}"
    definition = function.definition
    refusals = ", ".join(f"`{refusal.code}`" for refusal in definition.refusals) or "–"
    return [definition.service, words, f"`{name}`", ", ".join(sorted(inputs)), definition.outcome, refusals]


def _words(function: Any) -> str:
    """The function's name as the papers say it."""
    return str(function.definition.name or function.__name__.replace("_", " "))


def _table(head: list[str], rows: list[list[str]], *, numbered: bool = False) -> str:
    if numbered:
        head, rows = ["#", *head], [[str(i), *row] for i, row in enumerate(rows, 1)]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
