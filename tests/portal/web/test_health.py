"""Alive says the process answers; ready says each part it needs is there."""

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Engine, text

from portal.config import Settings
from portal.web.metrics import WORKERS
from tests.portal.web.conftest import built


def test_ready_means_every_part(visitor: FlaskClient, redis: Redis) -> None:
    answer = visitor.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["parts"] == {"database": "ok", "migrations": "ok", "redis": "ok", "worker": "none alive"}
    redis.set(f"{WORKERS}one", "1", ex=10)
    answer = visitor.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ready",
        "parts": {"database": "ok", "migrations": "ok", "redis": "ok", "worker": "ok"},
    }


@pytest.mark.parametrize(
    ("away", "unreachable"),
    [
        ({"redis_url": "redis://127.0.0.1:1/0"}, {"redis", "worker"}),
        ({"database_url": "postgresql://jari@127.0.0.1:1/jari"}, {"database", "migrations"}),
    ],
)
def test_a_missing_part_is_named_and_the_others_still_looked_at(
    settings: Settings, redis: Redis, away: dict[str, str], unreachable: set[str]
) -> None:
    redis.set(f"{WORKERS}one", "1", ex=10)
    client = built(settings.model_copy(update=away)).test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    parts = ("database", "migrations", "redis", "worker")
    assert answer.json["parts"] == {part: "unreachable" if part in unreachable else "ok" for part in parts}
    assert client.get("/healthz").status_code == 200


def test_a_database_behind_the_code_is_not_ready(visitor: FlaskClient, database: Engine, redis: Redis) -> None:
    with database.begin() as connection:
        head = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        answer = visitor.get("/readyz")
    finally:
        with database.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
    assert answer.status_code == 503
    assert answer.json["parts"]["migrations"].startswith("at 0001, not at ")
