"""A busy house of any size: so many reservations, and of everything else as much as belongs to them.

Written by the database itself, in a few statements. Ids grow with time, as the portal's own do, so that neighbours lie
beside each other. Foreign keys are not asked while this is written; every other constraint is.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine, text

from portal.kernel.db import Tx, transaction

A_HOLD, A_PERSON, A_SHELF = 2, 20, 50
"""Reservations of a hold, reservations for each person, products on a shelf."""
AHEAD = timedelta(days=45)
"""How far ahead the last bookings lie."""

# Two units of four are one booking; five bookings a day follow each other on either pair.
BOOKED = f"""
FROM generate_series(0, :holds - 1) AS n, LATERAL (SELECT n % :rooms + 1 AS room, n / :rooms AS round) AS r,
    LATERAL (SELECT round % 2 AS pair, round / 2 AS turn) AS t,
    LATERAL (SELECT date_trunc('day', now()) + interval '{AHEAD.days} days'
        - (:holds / :rooms / 10 - turn / 5) * interval '1 day' + (turn % 5) * interval '2 hours' AS starts) AS s,
    LATERAL (SELECT now() - (:holds - 1 - n) * interval '400 days' / :holds AS made, n % :people + 1 AS person,
        CASE WHEN n % 10 = 3 THEN 'cancelled' WHEN n % 50 = 7 THEN 'refunded' ELSE 'completed' END AS state) AS m
"""
FILL = {
    "accounts": "(id, email, name) SELECT {id:a:n}, 'person' || n || '@example.com', 'Person ' || n"
    " FROM generate_series(1, :people) n",
    "categories": "(id, slug, name, position) SELECT {id:c:n}, 'shelf-' || n, 'Shelf ' || n, n"
    " FROM generate_series(1, :shelves) n",
    "attributes": "(id, category_id, slug, name, kind, options, filterable) VALUES"
    " ({id:d:1}, {id:c:1}, 'level', 'Level', 'choice', '[[\"open\", \"Open\"], [\"expert\", \"Expert\"]]', true),"
    " ({id:d:2}, {id:c:1}, 'size', 'Size', 'number', '[]', true)",
    "products": "(id, category_id, slug, kind, name, summary, attributes, published_at)"
    " SELECT {id:cc:n}, {id:c:(1 + n % :shelves)}, 'product-' || n, 'booking',"
    " (ARRAY['Kayak', 'Pottery', 'Sauna', 'Studio', '요가', '카약'])[1 + n % 6] || ' ' || n,"
    " 'By the water, number ' || n,"
    " jsonb_build_object('level', CASE WHEN n % 40 = 0 THEN 'expert' ELSE 'open' END, 'size', n % 100),"
    " '2020-01-01' FROM generate_series(1, :products) n",
    "prices": "(id, product_id, amount, unit, valid)"
    " SELECT {id:e:(2 * n + late)}, {id:cc:n}, 10000 + n, 'booking',"
    " CASE late WHEN 0 THEN tstzrange('2020-01-01', '2024-01-01') ELSE tstzrange('2024-01-01', NULL) END"
    " FROM generate_series(1, :products) n, generate_series(0, 1) late",
    "resources": "(id, slug, name, units, time_zone)"
    " SELECT {id:f:n}, 'room-' || n, 'Room ' || n, 4, 'Asia/Seoul' FROM generate_series(1, :rooms) n",
    "resource_units": "(resource_id, unit) SELECT {id:f:n}, unit FROM generate_series(1, :rooms) n,"
    " generate_series(1, 4) unit",
    "opening_hours": "(id, resource_id, weekday, minutes) SELECT {id:0:(7 * n + day)}, {id:f:n}, day,"
    " '[0,1440)' FROM generate_series(1, :rooms) n, generate_series(0, 6) day",
    "offerings": "(id, product_id, resource_id, min_length, max_length, max_quantity)"
    " SELECT {id:1:n}, {id:cc:n}, {id:f:(1 + n % :rooms)}, 60, 60, 4 FROM generate_series(1, :products) n",
    "holds": "(id, account_id, product_id, resource_id, starts_at, ends_at, quantity, amount, created_at)"
    " SELECT {id:2:n}, {id:a:person}, {id:cc:(room + :rooms - 1)}, {id:f:room}, starts, starts + interval '1 hour', 2,"
    " 20000, made" + BOOKED,
    "orders": "(id, number, account_id, state, total, charge, refunded, placed_at)"
    " SELECT {id:3:n}, 'J-' || lpad(n::text, 8, '0'), {id:a:person}, state, 20000, 20000,"
    " CASE state WHEN 'refunded' THEN 20000 ELSE 0 END, made" + BOOKED,
    "order_lines": "(id, order_id, position, kind, product_id, hold_id, title, quantity, amount, charge_share)"
    " SELECT {id:4:n}, {id:3:n}, 0, 'booking', {id:cc:(room + :rooms - 1)}, {id:2:n}, 'Studio', 2, 20000, 20000"
    + BOOKED,
    "reservations": "(id, hold_id, resource_id, unit, account_id, during, status, order_id, created_at)"
    " SELECT {id:5:(2 * n + at)}, {id:2:n}, {id:f:room}, 1 + 2 * pair + at, {id:a:person},"
    " tstzrange(starts, starts + interval '1 hour'), CASE state WHEN 'completed' THEN 'CONFIRMED' ELSE 'CANCELLED' END,"
    " {id:3:n}, made" + BOOKED.replace("FROM ", "FROM generate_series(0, 1) AS at, ", 1),
    "payments": "(id, order_id, provider, provider_ref, state, amount, created_at)"
    " SELECT {id:6:n}, {id:3:n}, 'stripe', 'pi_' || n, CASE state WHEN 'cancelled' THEN 'refused' ELSE 'paid' END,"
    " 20000, made" + BOOKED,
    "payment_attempts": "(key, payment_id, kind, state, amount, created_at)"
    " SELECT 'charge:' || n, {id:6:n}, 'charge', CASE state WHEN 'cancelled' THEN 'failed' ELSE 'done' END, 20000, made"
    + BOOKED,
    "refunds": "(id, order_id, state, amount, requested_by, reason, payment_id, attempt_key, created_at, decided_at)"
    " SELECT {id:7:n}, {id:3:n}, CASE WHEN :holds - n < :few THEN 'requested' ELSE 'settled' END, 20000, {id:a:person},"
    " 'ill', {id:6:n}, 'refund:' || n, made, made" + BOOKED + " WHERE state = 'refunded'",
    "refund_lines": "(refund_id, order_line_id, amount) SELECT {id:7:n}, {id:4:n}, 20000"
    + BOOKED
    + " WHERE state = 'refunded'",
    "sagas": "(id, kind, version, key, command, state, position, epoch, next_at, ended_at, begun_at, log)"
    " SELECT {id:8:n}, 'payment', 1, 'J-' || lpad(n::text, 8, '0'), '{{}}', 'done', 8, 3, NULL, made, made, '[]'"
    + BOOKED,
    "mails": "(id, account_id, template, data, key, state, next_at, sent_at, created_at)"
    " SELECT {id:9:n}, {id:a:person}, 'confirmed', '{{}}', 'mail:' || n,"
    " CASE WHEN :holds - n < :few THEN 'queued' ELSE 'sent' END, made, made, made" + BOOKED,
    "points_accounts": "(account_id, balance) SELECT {id:a:n}, 100000 FROM generate_series(1, :people) n",
    "points_lots": "(id, account_id, granted, remaining, expires_at, created_at)"
    " SELECT {id:b1:n}, {id:a:person}, 200, CASE WHEN n % 4 = 0 THEN 200 ELSE 0 END, made + interval '2 years', made"
    + BOOKED,
    "points_entries": "(id, account_id, delta, kind, order_id, key, at)"
    " SELECT {id:b2:n}, {id:a:person}, 200, 'accrual', {id:3:n}, 'accrual:' || n, made" + BOOKED,
    "audit_entries": "(at, actor_id, action, subject_kind, subject_id) SELECT made, {id:a:person}, 'order.seen',"
    " 'order', {id:3:n}::text" + BOOKED + " WHERE n % 5 = 0",
    "waiting_entries": "(id, account_id, product_id, resource_id, starts_at, ends_at, quantity, state, joined_at,"
    " ended_at) SELECT {id:b3:n}, {id:a:person}, {id:cc:(room + :rooms - 1)}, {id:f:room}, starts,"
    " starts + interval '1 hour', 2, CASE WHEN starts > now() THEN 'waiting' ELSE 'over' END, made,"
    " CASE WHEN starts > now() THEN NULL ELSE starts END" + BOOKED + " WHERE n % 25 = 0",
    "moves": "(id, number, order_id, line_id, from_hold_id, to_hold_id, state, before, after, requested_by, refund_id)"
    " SELECT {id:b4:n}, 'J-' || lpad(n::text, 8, '0') || '-M1', {id:3:n}, {id:4:n}, {id:2:n}, {id:2:n}, 'moved', 20000,"
    " 20000, {id:a:person}, {id:7:n}" + BOOKED + " WHERE n % 100 = 0",
}
# What is under way at this moment: a few of everything, however large the house.
NOW = (
    "UPDATE reservations SET status = 'PENDING', order_id = NULL, expires_at = now() + interval '10 minutes'"
    " WHERE hold_id IN (SELECT {id:2:n} FROM generate_series(:holds - :few, :holds - 1) n WHERE n % 10 NOT IN (3, 7))",
    "UPDATE reservations SET expires_at = now() - interval '1 minute' WHERE status = 'PENDING' AND unit > 2",
    "UPDATE orders SET state = 'awaiting_payment' WHERE number IN"
    " (SELECT 'J-' || lpad(n::text, 8, '0') FROM generate_series(:holds - :few, :holds - 1) n WHERE n % 10 = 5)",
    "UPDATE sagas SET state = 'running', next_at = now() - interval '5 seconds', ended_at = NULL WHERE key IN"
    " (SELECT 'J-' || lpad(n::text, 8, '0') FROM generate_series(:holds - :few, :holds - 1) n WHERE n % 10 = 5)",
    "UPDATE sagas SET state = 'parked', park_reason = 'late', parked_from = 'running', ended_at = NULL WHERE key IN"
    " (SELECT 'J-' || lpad(n::text, 8, '0') FROM generate_series(:holds - :few, :holds - 1) n WHERE n % 50 = 6)",
)


@dataclass(frozen=True)
class World:
    """How much there is, and the ids of what is looked at."""

    reservations: int

    @property
    def counts(self) -> dict[str, int]:
        holds = self.reservations // A_HOLD
        rooms = max(10, min(100, self.reservations // 10_000))
        products = max(3 * rooms, holds // 50)
        return {
            "holds": holds - holds % rooms,
            "rooms": rooms,
            "people": max(50, self.reservations // A_PERSON),
            "products": products,
            "shelves": max(2, products // A_SHELF // 4),
            "few": 200,
        }

    def id(self, kind: str, number: int) -> UUID:
        return UUID(kind.ljust(8, "0") + f"{number:x}".rjust(24, "0"))

    @property
    def product(self) -> UUID:
        """One that is booked often; room 1 is its resource."""
        return self.id("cc", self.counts["rooms"])


def fill(engine: Engine, reservations: int) -> World:
    """Writes all of it and lets the database count what it has; goes on where it was interrupted."""
    world = World(reservations)
    for table, rows in FILL.items():
        with transaction(engine) as tx:
            tx.execute(text("SET LOCAL session_replication_role = replica"))
            if not tx.scalar(text(f"SELECT EXISTS (SELECT FROM {table})")):
                _run(tx, f"INSERT INTO {table} {rows}", world)
    with transaction(engine) as tx:
        tx.execute(text("SET LOCAL session_replication_role = replica"))
        for change in NOW:
            _run(tx, change, world)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    return world


def _run(tx: Tx, sql: str, world: World) -> None:
    """`{id:a:n}` is the id of kind a with number n."""
    parts = sql.replace("{{", "{").replace("}}", "}").split("{id:")
    told = parts[0]
    for part in parts[1:]:
        inside, _, rest = part.partition("}")
        kind, _, number = inside.partition(":")
        told += f"('{kind.ljust(8, '0')}' || lpad(to_hex({number}), 24, '0'))::uuid{rest}"
    tx.execute(text(told), world.counts)
