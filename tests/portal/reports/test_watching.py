"""What /metrics asks of the database is right, and is found by an index."""

import re

import pytest
from sqlalchemy import text

from portal.kernel.db import Tx
from portal.reports import watching

SAGA = """
INSERT INTO sagas (id, kind, version, key, command, state, begun_at, next_at, failing_since, park_reason)
SELECT gen_random_uuid(), :kind, 1, :key || n, '{}', :state, now() - :age * interval '1 second',
    CASE WHEN :state NOT IN ('done', 'compensated', 'parked') THEN now() - :late * interval '1 second' END,
    now() - :failing * interval '1 second',
    CASE :state WHEN 'parked' THEN 'why' END
FROM generate_series(1, :many) AS n
"""


def saga(
    tx: Tx, kind: str, state: str, *, age: int, many: int = 1, late: int = -60, failing: int | None = None
) -> None:
    given = {"kind": kind, "key": f"{kind}{state}{age}", "state": state, "age": age, "many": many, "late": late}
    tx.execute(text(SAGA), given | {"failing": failing})


def told(tx: Tx) -> dict[tuple[str, ...], float]:
    return {(figure.name, *figure.labels): round(figure.value) for figure in watching.figures(tx)}


def test_nothing_under_way_is_told_as_no_lag(tx: Tx) -> None:
    assert told(tx) == {
        ("jari_saga_overdue_seconds",): 0,
        ("jari_mails_queued",): 0,
        ("jari_mail_oldest_seconds",): 0,
        ("jari_refunds_returned",): 0,
        ("jari_waiting", "waiting"): 0,
        ("jari_waiting", "offered"): 0,
    }


def test_sagas_are_counted_by_kind_and_state_and_the_oldest_and_most_overdue_stand_out(tx: Tx) -> None:
    saga(tx, "payment", "unknown", age=100, failing=40)
    saga(tx, "payment", "unknown", age=50, failing=45)
    saga(tx, "refund", "parked", age=900, late=800)
    saga(tx, "payment", "ready", age=7, late=7)
    saga(tx, "payment", "done", age=100_000, many=3, late=100_000)
    saga(tx, "refund", "compensated", age=100_000, late=100_000)
    assert told(tx) == {
        ("jari_sagas", "payment", "unknown"): 2,
        ("jari_saga_oldest_seconds", "payment", "unknown"): 100,
        ("jari_saga_failing_seconds", "payment", "unknown"): 45,
        ("jari_sagas", "refund", "parked"): 1,
        ("jari_saga_oldest_seconds", "refund", "parked"): 900,
        ("jari_saga_failing_seconds", "refund", "parked"): 0,
        ("jari_sagas", "payment", "ready"): 1,
        ("jari_saga_oldest_seconds", "payment", "ready"): 7,
        ("jari_saga_failing_seconds", "payment", "ready"): 0,
        ("jari_saga_overdue_seconds",): 7,
        ("jari_mails_queued",): 0,
        ("jari_mail_oldest_seconds",): 0,
        ("jari_refunds_returned",): 0,
        ("jari_waiting", "waiting"): 0,
        ("jari_waiting", "offered"): 0,
    }


def test_every_gauge_that_is_told_has_words(tx: Tx) -> None:
    saga(tx, "payment", "unknown", age=100)
    for figure in watching.figures(tx):
        assert len(figure.labels) == len(watching.WORDS[figure.name][1])


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (watching.SAGAS, "sagas_under_way_idx"),
        (watching.SAGAS, "sagas_parked_idx"),
        (watching.OVERDUE, "sagas_(due|under_way)_idx"),
        (watching.MAILS, "mails_due_idx"),
        (watching.ATTEMPTS, "payment_attempts_open_idx"),
        (watching.RETURNED, "payment_attempts_returned_idx"),
    ],
)
def test_each_question_is_answered_by_an_index(tx: Tx, query: str, index: str) -> None:
    saga(tx, "payment", "done", age=100, many=2000)  # else the planner may as well read another index from end to end
    tx.execute(text("ANALYZE sagas"))
    tx.execute(text("SET LOCAL enable_seqscan = off"))
    given = {"most": 10}
    named = {name: given[name] for name in set(re.findall(r":(\w+)\b(?!:)", query)) & set(given)}
    plan = "\n".join(tx.execute(text(f"EXPLAIN {query}"), named).scalars())
    assert re.search(index, plan), plan
