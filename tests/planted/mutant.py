"""A planted bug: an invariant, the line that keeps it, the line without it, and the tests that must see it."""

from dataclasses import dataclass

# Not the model, which no bug in the engine changes; nor what is open, where a bug may well seem to be a cure.
ENGINE = (
    "tests/workers/engine --ignore=tests/workers/engine/test_protocol.py --ignore=tests/workers/engine/test_open.py"
)


@dataclass(frozen=True)
class Mutant:
    """`sound` stands in `file` exactly once and becomes `bug`; `tests` must then fail."""

    promise: str
    file: str
    sound: str
    bug: str
    tests: str
