"""Questions, and what was asked ahead: several in one trip, forgotten as soon as something may have changed."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from portal.kernel import questions, wire
from portal.kernel.db import Tx, transaction
from portal.kernel.pipe import Statement
from tests.portal.kernel.wired import COUNT, PUT, _table, begun, fails, stored
from tests.support.statements import counted, counted_on

__all__ = ["_table"]  # the fixture that makes the table for every test

HOW_MANY = questions.Question(COUNT, {}, lambda rows: int(rows[0][0]))
HIGHEST = questions.Question("SELECT max(n) FROM wired WHERE n < %(under)s", {"under": 9}, lambda rows: rows[0][0])


def test_an_answer_may_commit_on_its_way_again_and_again(engine: Engine) -> None:
    number = questions.Question(f"{PUT} RETURNING n", {"n": 1}, lambda found: int(found[0][0]))
    with Session(engine) as tx:
        for n in (1, 2):
            with wire.transaction(tx):
                assert questions.answer_and_commit(tx, replace(number, given={"n": n})) == n
                assert stored(engine) == list(range(1, n + 1)), "the others see it at once"


def test_questions_of_one_or_several_statements_are_answered_each_by_its_own_rows(engine: Engine) -> None:
    def number(n: int) -> Statement:
        return "SELECT %(n)s::int", {"n": n}

    one = questions.Question(*number(1), lambda found: found[0][0])
    three = questions.Question(*number(2), lambda *found: [rows[0][0] for rows in found], more=[number(3), number(4)])
    with transaction(engine) as tx:
        assert questions.answers(tx, one, three, one) == (1, [2, 3, 4], 1)
        assert questions.answer(tx, three) == [2, 3, 4]


def test_what_was_asked_ahead_is_answered_without_a_trip_for_the_same_question_alone(engine: Engine) -> None:
    with transaction(engine) as tx, counted(tx) as sent:
        questions.ahead(tx, HOW_MANY, HIGHEST)
        assert sent.trips == 1
        assert questions.answer(tx, HOW_MANY) == questions.answer(tx, HOW_MANY) == 0
        assert questions.answers(tx, HIGHEST, HOW_MANY) == (None, 0)
        questions.ahead(tx, HIGHEST)
        assert sent.trips == 1
        other = questions.Question(HIGHEST.sql, {"under": 8}, HIGHEST.read)
        assert questions.answers(tx, HOW_MANY, other) == (0, None)
        assert (sent.trips, sent[-1]) == (2, HIGHEST.sql)
        assert questions.answer(tx, HIGHEST) is None
        assert sent.trips == 2, "a question changes nothing of what is known"


@pytest.mark.parametrize(
    "put",
    [
        lambda tx: wire.later(tx, PUT, {"n": 1}),
        lambda tx: wire.ask(tx, PUT, {"n": 1}),
        lambda tx: wire.ask_all(tx, (PUT, {"n": 1})),
        lambda tx: wire.require(tx, f"done AS ({PUT} RETURNING n)", {"n": 1}, ZeroDivisionError),
        lambda tx: tx.execute(text("INSERT INTO wired (n) VALUES (1)")),
        lambda tx: wire.and_commit(wire.behind(tx), (PUT, {"n": 1})),
    ],
)
def test_it_is_forgotten_with_the_first_statement_that_may_change_it(
    engine: Engine, put: Callable[[Tx], object]
) -> None:
    with transaction(engine) as tx:
        questions.ahead(tx, HOW_MANY)
        put(tx)
        assert questions.answer(tx, HOW_MANY) == 1


@pytest.mark.parametrize("end", [Tx.commit, Tx.rollback, Tx.close])
def test_it_is_forgotten_with_its_transaction(engine: Engine, end: Callable[[Tx], object]) -> None:
    with Session(engine) as tx:
        questions.ahead(tx, HOW_MANY)
        end(tx)
        with transaction(engine) as other:
            wire.ask(other, PUT, {"n": 1})
        assert questions.answer(tx, HOW_MANY) == 1


NUMBER = questions.Question("SELECT %(n)s::int", {"n": 4}, lambda rows: int(rows[0][0]))


def test_a_look_begins_no_transaction_and_leaves_nothing_to_roll_back(engine: Engine) -> None:
    with counted_on(engine) as sent:
        with suppress(ZeroDivisionError), transaction(engine) as tx:
            assert questions.look(tx, NUMBER, HOW_MANY, NUMBER) == (4, 0, 4)
            assert not begun(tx)
            raise ZeroDivisionError
        assert sent.trips == 1


def test_a_look_comes_behind_what_waits_in_its_transaction(engine: Engine) -> None:
    def look(tx: Tx) -> None:
        wire.later(tx, PUT, {"n": 1})
        assert questions.look(tx, NUMBER, HOW_MANY, HOW_MANY) == (4, 1, 1)
        assert begun(tx)
        raise ZeroDivisionError

    fails(engine, ZeroDivisionError, look)
    assert stored(engine) == []
    with transaction(engine) as tx:
        questions.look(tx, NUMBER, HOW_MANY, HOW_MANY)
        wire.later(tx, PUT, {"n": 2})
    assert stored(engine) == [2]
