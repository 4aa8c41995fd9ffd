"""A house in which very many sagas have finished: the engine's tables as they are after years without an archive.

Their ids grow with time, as those of kernel.ids do, so that the index of ids is filled from one end here as well.
"""

from benchmarks.house import House

FINISHED = """
INSERT INTO sagas (
    id, kind, version, key, command, state, position, epoch, attempts, next_at, begun_at, ended_at, log
)
SELECT (lpad(to_hex((extract(epoch FROM now() - interval '1 day') * 1000)::bigint + n), 12, '0') || '7'
        || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid, 'plain', 1, 'old ' || n,
    '{"order_id": 1, "account_id": 1, "total": 30000, "points": 500, "accrual": 295}', 'done', 6, 1, 0, NULL,
    now() - interval '1 day', now() - interval '1 day', jsonb_build_array(
        jsonb_build_object('at', now(), 'attempts', 1, 'lines',
            '[{"step": "create order", "seq": 0}, {"step": "use points", "seq": 1}]'::jsonb),
        jsonb_build_object('at', now(), 'attempts', 1, 'lines',
            '[{"step": "request payment", "seq": 2}, {"step": "accrue points", "seq": 3},
              {"step": "complete order", "seq": 4}, {"step": "send e-mail", "seq": 5}]'::jsonb)
    )
FROM generate_series(1, %(many)s) AS n
"""
CALLS = """
INSERT INTO saga_calls (saga_id, step, attempt, key, state, sends, answered_at)
SELECT id, 'request payment', 1, id || ':request-payment:1', 'done', 1, now() FROM sagas
"""


def fill(house: House, many: int) -> None:
    """Writes so many finished sagas, each with its log of six lines and its call, and tells the planner."""
    with house.connect() as connection:
        connection.execute(FINISHED.encode(), {"many": many})
        connection.execute(CALLS.encode())
        connection.execute("VACUUM ANALYZE")
