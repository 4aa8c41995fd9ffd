"""What the database says afterwards, by SQL that shares no word with the code: bounds, windows and running sums."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import errors as pg
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from portal.domains.reservations import Room

# A place is somebody's: booked, in an order, or held and not over.
SOMEBODYS = "(status = 'CONFIRMED' OR status = 'PENDING' AND (order_id IS NOT NULL OR expires_at > clock_timestamp()))"
# Units of a resource that are nobody's from `begins` to `ends`, buffers included.
LEFT = f"""
    SELECT count(*) FROM resource_units u WHERE u.resource_id = {{of}} AND u.retired_at IS NULL AND NOT EXISTS (
        SELECT FROM reservations b WHERE b.resource_id = u.resource_id AND b.unit = u.unit AND {SOMEBODYS}
          AND upper(b.during) > w.starts_at - make_interval(mins => o.buffer_before)
          AND lower(b.during) < w.ends_at + make_interval(mins => o.buffer_after)
    )
"""
# Wishes that would fit in: enough units of the one resource, or somebody free for every part.
FITTING = f"""
    SELECT count(*) FROM {{wishes}} AS w JOIN offerings o ON o.product_id = w.product_id WHERE CASE
        WHEN EXISTS (SELECT FROM offering_places p WHERE p.product_id = w.product_id) THEN (
            SELECT bool_and(best >= w.quantity) FROM (
                SELECT part.number, max(({LEFT.format(of="part.of")})) AS best FROM (
                    SELECT number, resource_id AS of FROM offering_places p WHERE p.product_id = w.product_id
                    UNION SELECT 0, o.resource_id
                ) AS part GROUP BY part.number
            ) AS parts
        )
        ELSE w.quantity <= ({LEFT.format(of="o.resource_id")})
    END
"""
ASKED = """(
    SELECT * FROM unnest(
        CAST(:products AS uuid[]), CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[]),
        CAST(:quantities AS int[])
    ) AS asked (product_id, starts_at, ends_at, quantity)
)"""

WRONG = {
    "places given twice": """
        SELECT count(*) FROM (
            SELECT lower(during) AS begins, max(upper(during)) OVER (
                PARTITION BY resource_id, unit ORDER BY lower(during), id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS taken_until
            FROM reservations WHERE status <> 'CANCELLED'
        ) AS rows WHERE begins < taken_until
    """,
    "moments with more sold than there is": """
        SELECT count(*) FROM (
            SELECT resource_id, sum(more) OVER (PARTITION BY resource_id ORDER BY at, more) AS taken FROM (
                SELECT resource_id, lower(during) AS at, 1 AS more FROM reservations WHERE status <> 'CANCELLED'
                UNION ALL
                SELECT resource_id, upper(during), -1 FROM reservations WHERE status <> 'CANCELLED'
            ) AS bounds
        ) AS sums JOIN resources r ON r.id = resource_id WHERE taken > r.units
    """,
    "holds with too few or too many places, or of two fates": """
        SELECT count(*) FROM (
            SELECT h.id FROM holds h JOIN reservations b ON b.hold_id = h.id
            LEFT JOIN LATERAL (
                SELECT count(*) AS n FROM offering_parts p WHERE p.product_id = h.product_id
            ) AS parts ON true
            GROUP BY h.id, parts.n
            HAVING bool_or(b.status <> 'CANCELLED') AND (
                count(*) FILTER (WHERE b.status <> 'CANCELLED') <> h.quantity * greatest(parts.n, 1)
                OR count(DISTINCT (b.status, b.order_id)) FILTER (WHERE b.status <> 'CANCELLED') > 1
                OR bool_or(b.status <> 'CANCELLED' AND (lower(b.during) > h.starts_at OR upper(b.during) < h.ends_at))
            )
        ) AS halves
    """,
    "people who have a time twice that is booked once": f"""
        SELECT count(*) FROM (
            SELECT DISTINCT h.id, h.account_id, h.product_id, h.starts_at, h.ends_at
            FROM holds h JOIN reservations b ON b.hold_id = h.id WHERE {SOMEBODYS}
        ) AS one JOIN (
            SELECT DISTINCT h.id, h.account_id, h.product_id, h.starts_at, h.ends_at
            FROM holds h JOIN reservations b ON b.hold_id = h.id WHERE {SOMEBODYS}
        ) AS other ON one.id < other.id AND one.account_id = other.account_id AND one.product_id = other.product_id
          AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
        JOIN offerings o ON o.product_id = one.product_id AND o.once_each
    """,
    "paid lines without a booking": """
        SELECT count(*) FROM order_lines l JOIN orders o ON o.id = l.order_id AND o.state = 'completed'
        WHERE l.state = 'active' AND NOT EXISTS (
            SELECT FROM reservations b WHERE b.hold_id = l.hold_id AND b.status = 'CONFIRMED' AND b.order_id = o.id
        )
    """,
    "bookings without a paid line": """
        SELECT count(DISTINCT b.hold_id) FROM reservations b WHERE b.status = 'CONFIRMED' AND NOT EXISTS (
            SELECT FROM order_lines l JOIN orders o ON o.id = l.order_id AND o.state = 'completed'
            WHERE l.hold_id = b.hold_id AND l.state = 'active'
        )
    """,
    "places that an order at rest still keeps unpaid": """
        SELECT count(DISTINCT hold_id) FROM reservations WHERE status = 'PENDING' AND order_id IS NOT NULL
    """,
    "offers without their hold": """
        SELECT count(*) FROM waiting_entries w WHERE w.hold_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM holds h WHERE h.id = w.hold_id AND h.account_id = w.account_id AND h.quantity = w.quantity
              AND (h.product_id, h.starts_at, h.ends_at) = (w.product_id, w.starts_at, w.ends_at)
        )
    """,
    "offers without exactly one mail": """
        SELECT count(*) FROM waiting_entries w
        WHERE w.hold_id IS NOT NULL AND 1 <> (SELECT count(*) FROM mails WHERE mails.key = 'waiting:' || w.id)
    """,
    "sagas that did not come to rest, or need somebody": """
        SELECT count(*) FROM sagas WHERE state NOT IN ('done', 'compensated')
    """,
    "people who wait for what is free": FITTING.format(
        wishes="(SELECT product_id, starts_at, ends_at, quantity FROM waiting_entries WHERE state = 'waiting')"
    ),
}
"""What there must be none of, each with the SQL that counts it."""
UNSOLD = f"""
    SELECT count(*) FROM generate_series(
        CAST(:morning AS timestamptz), CAST(:last AS timestamptz), interval '1 hour'
    ) AS hour (at)
    JOIN resources r ON r.id = :resource
    WHERE r.units <> (
        SELECT count(*) FROM reservations b
        WHERE b.resource_id = r.id AND {SOMEBODYS} AND lower(b.during) <= hour.at AND upper(b.during) > hour.at
    )
"""
COPIES = """
    INSERT INTO reservations (id, hold_id, resource_id, unit, account_id, order_id, during, status, expires_at)
    SELECT gen_random_uuid(), hold_id, resource_id, unit, account_id, order_id,
           tstzrange(lower(during) + interval '1 minute', upper(during) + interval '1 minute'), status, expires_at
    FROM reservations WHERE id = :id
"""
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def wrongs(engine: Engine) -> dict[str, int]:
    """Everything that must not be, by how often it is: nothing of it, in order, is an empty answer."""
    with engine.connect() as connection:
        counts = {name: int(connection.execute(text(query)).scalar_one()) for name, query in WRONG.items()}
    return {name: count for name, count in counts.items() if count}


def refused_with_room(engine: Engine, wishes: Sequence[Room]) -> int:
    """How many of these wishes, which were all refused, could be granted now."""
    with engine.connect() as connection:
        given = {
            "products": [one.product_id for one in wishes],
            "starts": [one.starts_at for one in wishes],
            "ends": [one.ends_at for one in wishes],
            "quantities": [one.quantity for one in wishes],
        }
        return int(connection.execute(text(FITTING.format(wishes=ASKED)), given).scalar_one())


def hours_not_sold_exactly(engine: Engine, resource_id: UUID, morning: datetime, last: datetime) -> int:
    """Hours of which not exactly all there is was sold."""
    given = {"resource": resource_id, "morning": morning, "last": last}
    with engine.connect() as connection:
        return int(connection.execute(text(UNSOLD), given).scalar_one())


def stored_twice(engine: Engine, few: int = 25) -> int:
    """Code without any manners writes places that overlap others; how many the database let it store."""
    query = "SELECT id FROM reservations WHERE status <> 'CANCELLED' ORDER BY md5(id::text) LIMIT :few"
    with engine.connect() as connection:
        ids = list(connection.execute(text(query), {"few": few}).scalars())
        connection.rollback()
        return sum(_stores(connection, {"id": one}) for one in ids)


def _stores(connection: Connection, given: dict[str, object]) -> bool:
    try:
        with connection.begin():
            connection.execute(text(COPIES), given)
    except DBAPIError as error:
        if isinstance(error.orig, pg.ExclusionViolation):
            return False
        raise
    return True


def deadlocks(engine: Engine) -> int:
    """How often PostgreSQL has thrown somebody out to open a circle, since the database was made."""
    with engine.connect() as connection:
        return int(connection.execute(text(DEADLOCKS)).scalar_one())
