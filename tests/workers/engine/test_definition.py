"""A saga's table is checked when it is imported."""

from dataclasses import dataclass
from typing import Any

import pytest

from portal.kernel.errors import Refusal
from portal.kernel.steps import function
from workers.engine import ASYNC, COMPENSATABLE, PIVOT, READ, RETRYABLE, SYNC, Book, Malformed, Saga, Step


@dataclass(frozen=True)
class Command:
    order: str


class No(Refusal):
    pass


@function("toy", "done")
def do(tx: Any, key: str, order: str) -> None: ...


@function("toy", "undone")
def undo(tx: Any, key: str, order: str, refusal: Any) -> None: ...


@function("toy", "done", (No,))
def may_refuse(tx: Any) -> None: ...


@function("toy", "done")
def wants_more(tx: Any, customer: str) -> None: ...


def undeclared(tx: Any) -> None: ...


LOOK = Step("look", SYNC, do, None, READ)
BACK = Step("back", ASYNC, do, undo, COMPENSATABLE)
TURN = Step("turn", SYNC, may_refuse, None, PIVOT)
ON = Step("on", ASYNC, do, None, RETRYABLE)


def saga(*steps: Step) -> Saga:
    return Saga("toy", 1, Command, steps)


def test_a_table_that_keeps_the_rules_is_accepted() -> None:
    assert saga(LOOK, BACK, TURN, ON).pivot == 2
    assert saga(LOOK, BACK).pivot == -1


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        ((BACK, BACK), "share a name"),
        ((TURN, BACK), "compensatable steps come first"),
        ((ON, TURN), "compensatable steps come first"),
        ((TURN, Step("turn again", SYNC, do, None, PIVOT)), "at most one pivot"),
        ((TURN, LOOK), "compensatable steps come first"),
        ((Step("back", ASYNC, do, None, COMPENSATABLE),), "a compensation belongs"),
        ((Step("on", ASYNC, do, undo, RETRYABLE),), "a compensation belongs"),
        ((Step("on", ASYNC, may_refuse, None, RETRYABLE),), "nothing may refuse"),
        ((Step("odd", ASYNC, undeclared, None, RETRYABLE),), "not declared with @function"),
        ((Step("odd", ASYNC, wants_more, None, RETRYABLE),), "asks for customer"),
    ],
)
def test_a_table_that_breaks_a_rule_is_refused_with_the_reason(steps: tuple[Step, ...], complaint: str) -> None:
    with pytest.raises(Malformed, match=complaint):
        saga(*steps)


def test_the_book_begins_with_the_newest_version_and_keeps_the_old_ones() -> None:
    old, new = Saga("toy", 1, Command, (LOOK,)), Saga("toy", 2, Command, (LOOK, BACK))
    book = Book([old, new])

    assert book.newest("toy") is new
    assert book.find("toy", 1) is old
    assert book.find("toy", 3) is None
    with pytest.raises(KeyError):
        book.newest("nothing")
    with pytest.raises(Malformed):
        Book([old, old])
