"""Taking the next saga: in the commit that ends the one before, in order, and by the right index whatever was so."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.kernel import wire
from portal.kernel.pipe import Statement, numbered
from tests.workers.engine.conftest import Toy
from workers.engine import closing, store
from workers.engine.store import Fenced

KEYS = ("one", "two", "three")


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What was committed on the wire, a tuple of statements for each commit."""
    seen: list[tuple[str, ...]] = []
    and_commit = wire.and_commit

    def noted(connection: Any, *statements: Statement) -> Any:
        seen.append(tuple(sql for sql, _ in statements))
        return and_commit(connection, *statements)

    monkeypatch.setattr(wire, "and_commit", noted)
    return seen


def test_the_commit_that_ends_a_saga_claims_the_next(toy: Toy, commits: list[tuple[str, ...]]) -> None:
    for key in KEYS:
        toy.begin(key)
    commits.clear()

    toy.driver.heed()

    assert [toy.progress(key).state for key in KEYS] == ["done"] * 3
    alone = [sent for sent in commits if sent[0] == store.QUICKLY[0]]
    along = [sent for sent in commits if sent[0] != store.QUICKLY[0] and store.CLAIM_NEXT in sent]
    assert (len(alone), len(along)) == (1, 3), "the first alone, and whoever ends one looks for the next"
    assert toy.sql("SELECT max(epoch) AS claims FROM sagas")[0].claims == 1


def test_what_waited_longest_is_claimed_first(toy: Toy) -> None:
    for minutes, key in enumerate(KEYS):
        toy.begin(key)
        toy.sql(f"UPDATE sagas SET next_at = now() - interval '{minutes} minutes' WHERE key = '{key}'")

    toy.driver.heed()

    ended = toy.sql("SELECT key FROM sagas ORDER BY ended_at")
    assert [row.key for row in ended] == ["three", "two", "one"]


def test_a_driver_that_is_told_to_stop_claims_nothing_on_its_way(
    toy: Toy, monkeypatch: pytest.MonkeyPatch, commits: list[tuple[str, ...]]
) -> None:
    for key in KEYS:
        toy.begin(key)
    claim_next = store.claim_next

    def stopping(*given: Any, **us: Any) -> Any:
        claim = claim_next(*given, **us)
        toy.driver.stop()
        return claim

    monkeypatch.setattr(store, "claim_next", stopping)
    toy.driver.heed()

    assert toy.sql("SELECT count(*) AS claimed FROM sagas WHERE epoch > 0")[0].claimed == 1
    assert toy.sql("SELECT count(*) AS held FROM sagas WHERE owner IS NOT NULL")[0].held == 0


def test_who_loses_a_saga_goes_on_with_the_others(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in KEYS:
        toy.begin(key)
    and_commit, lost = wire.and_commit, []

    def stolen(connection: Any, *statements: Statement) -> Any:
        if "log = log ||" in statements[0][0] and not lost:
            lost.append(statements[0][1]["id"])
            toy.sql(f"UPDATE sagas SET epoch = epoch + 1 WHERE id = '{lost[0]}'")
        return and_commit(connection, *statements)

    monkeypatch.setattr(wire, "and_commit", stolen)
    toy.driver.heed()

    assert sorted(toy.progress(key).state for key in KEYS) == ["done", "done", "ready"]
    assert len(toy.world.charged) == 2


def test_a_saga_that_cannot_be_closed_takes_no_other_along(toy: Toy) -> None:
    for key in KEYS[:2]:
        toy.begin(key)
    with toy.engine.connect() as connection:
        us = {"owner": "paused", "lease": 0.0, "known": toy.driver.known}
        stale = store.claim_next(connection, **us)
        assert stale
        toy.sql("UPDATE sagas SET epoch = epoch + 1 WHERE key = 'one'")
        with pytest.raises(Fenced):
            _close(connection, stale, store.along(**us))
        connection.rollback()

    assert [toy.sql(f"SELECT epoch FROM sagas WHERE key = '{key}'")[0].epoch for key in KEYS[:2]] == [2, 0]


def _close(connection: Any, claim: store.Claim, take: tuple[Statement, ...]) -> None:
    with Session(connection) as tx:
        closing.close(tx, claim, state="done", begun_at=0, position=6, lines=[], lease=60, take=take)


@pytest.mark.parametrize(
    ("sql", "index"),
    [(store.CLAIM_NEXT, "sagas_due_idx"), (store.CLAIM_ONE, "sagas_pkey")],
    ids=["the next", "one"],
)
def test_a_rush_after_a_quiet_night_is_not_read_and_sorted_for_every_claim(toy: Toy, sql: str, index: str) -> None:
    """The planner knows the quiet night only: nobody was due when it last looked."""
    toy.sql(
        """
        INSERT INTO sagas (id, kind, version, key, command, state, next_at)
        SELECT gen_random_uuid(), 'toy', 1, 'old ' || n, '{}', 'done', NULL FROM generate_series(1, 3000) AS n
        """
    )
    with toy.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE sagas"))
    for number in range(50):
        toy.begin(str(number))

    plan = _generic_plan(toy, sql)

    assert index in plan
    assert "Sort" not in plan
    assert "sagas_under_way_idx" not in plan


def _generic_plan(toy: Toy, sql: str) -> str:
    """The plan that a prepared statement has once it is used often, under what travels before the claim."""
    query, names = numbered(sql)
    values = {"owner": "'me'", "lease": "30", "known": "ARRAY['toy 1']", "id": "gen_random_uuid()"}
    kinds = {"owner": "text", "lease": "float8", "known": "text[]", "id": "uuid"}
    with toy.engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        connection.exec_driver_sql(store.IN_ORDER[0])
        prepare = f"PREPARE claim ({', '.join(kinds[name] for name in names)}) AS {query.decode()}"
        connection.exec_driver_sql(prepare)
        execute = f"EXPLAIN EXECUTE claim ({', '.join(values[name] for name in names)})"
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(execute))
        connection.exec_driver_sql("DEALLOCATE claim")
        connection.rollback()
    return plan
