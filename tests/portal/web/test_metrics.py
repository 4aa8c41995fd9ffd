"""/metrics tells what the parts know, whichever part is away, and only to whom it may."""

import pytest
from flask.testing import FlaskClient
from redis import Redis

from portal.config import Settings
from tests.portal.web.conftest import built

TOKEN = "a long word for the watchman"


def test_requests_queues_and_parts_are_told(visitor: FlaskClient, redis: Redis) -> None:
    redis.rpush("dramatiq:sagas", "one", "two")
    redis.zadd("dramatiq:mail.XQ", {"dead": 1})
    redis.set("jari:worker:alive:here:7", b"1")
    visitor.get("/healthz")
    lines = visitor.get("/metrics").text.splitlines()
    for line in (
        'jari_queue_messages{queue="sagas"} 2.0',
        'jari_queue_messages{queue="mail"} 0.0',
        'jari_queue_dead_letters{queue="mail"} 1.0',
        "jari_workers_alive 1.0",
        "jari_saga_overdue_seconds 0.0",
        "jari_mails_queued 0.0",
        'jari_up{part="database"} 1.0',
        'jari_up{part="redis"} 1.0',
    ):
        assert line in lines
    assert any(line.startswith('jari_requests_total{endpoint="health.healthz",status="200"}') for line in lines)
    assert any(line.startswith('jari_request_seconds_bucket{endpoint="health.healthz",le=') for line in lines)


@pytest.mark.parametrize(
    ("away", "missing", "there"),
    [
        ({"redis_url": "redis://127.0.0.1:1/0"}, "redis", "database"),
        ({"database_url": "postgresql://jari@127.0.0.1:1/jari"}, "database", "redis"),
    ],
)
def test_a_part_that_is_away_is_told_and_the_rest_too(
    settings: Settings, redis: Redis, away: dict[str, str], missing: str, there: str
) -> None:
    text = built(settings.model_copy(update=away)).test_client().get("/metrics").text
    assert f'jari_up{{part="{missing}"}} 0.0' in text
    assert f'jari_up{{part="{there}"}} 1.0' in text
    assert ("jari_workers_alive 0.0" in text) == (there == "redis")
    assert ("jari_saga_overdue_seconds" in text) == (there == "database")


@pytest.mark.parametrize(
    ("env", "token", "sent", "status"),
    [
        ("development", None, None, 200),
        ("development", TOKEN, None, 404),
        ("production", None, None, 404),
        ("production", None, "", 404),
        ("production", TOKEN, None, 404),
        ("production", TOKEN, "another word", 404),
        ("production", TOKEN, TOKEN, 200),
    ],
)
def test_who_may_see_the_figures(
    settings: Settings, redis: Redis, env: str, token: str | None, sent: str | None, status: int
) -> None:
    app = built(settings.model_copy(update={"env": env, "metrics_token": token}))
    headers = {} if sent is None else {"Authorization": f"Bearer {sent}"}
    assert app.test_client().get("/metrics", headers=headers).status_code == status
