"""A house in which very many sagas have finished: the engine's tables as they are after years without an archive."""

from benchmarks.house import House

FINISHED = """
INSERT INTO sagas (
    id, kind, version, key, command, state, position, epoch, attempts, next_at, begun_at, ended_at
)
SELECT gen_random_uuid(), 'plain', 1, 'old ' || n,
    '{"order_id": 1, "account_id": 1, "total": 30000, "points": 500, "accrual": 295}', 'done', 6, 1, 0, NULL,
    now() - interval '1 day', now() - interval '1 day'
FROM generate_series(1, %(many)s) AS n
"""
LINES = """
INSERT INTO saga_steps (saga_id, step, phase, outcome, seq)
SELECT sagas.id, step.name, 'do', 'done', step.seq FROM sagas, (VALUES
    ('create order', 0), ('use points', 1), ('request payment', 2), ('accrue points', 3), ('complete order', 4),
    ('send e-mail', 5)
) AS step (name, seq)
"""
CALLS = """
INSERT INTO saga_calls (key, saga_id, step, attempt, state, sends, answered_at)
SELECT id || ':request-payment:1', id, 'request payment', 1, 'done', 1, now() FROM sagas
"""


def fill(house: House, many: int) -> None:
    """Writes so many finished sagas, each with its six lines and its call, and tells the planner."""
    with house.connect() as connection:
        connection.execute("SET session_replication_role = replica")  # no foreign keys: every row is ours
        connection.execute(FINISHED.encode(), {"many": many})
        connection.execute(LINES.encode())
        connection.execute(CALLS.encode())
        connection.execute("VACUUM ANALYZE")
