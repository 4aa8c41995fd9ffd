"""Production does not start on what is only good for one machine, and says which."""

import json
from pathlib import Path

import pytest

from portal import config
from portal.config import Settings

SOUND = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": "x" * 40,
    "BASE_URL": "https://book.example",
    "DATABASE_URL": "postgresql://db.internal/jari",
    "REDIS_URL": "rediss://redis.internal/0",
    "MAIL_URL": "smtps://mail.internal",
    "STRIPE_API_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_x",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("STRIPE_API_BASE", "SMS_URL", *SOUND):
        monkeypatch.delenv(name, raising=False)
    for name, value in SOUND.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_sound_settings_are_accepted(environment: pytest.MonkeyPatch) -> None:
    assert Settings().faults() == []
    assert Settings().secure_cookies


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("SECRET_KEY", None, "SECRET_KEY"),
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("BASE_URL", "http://book.example", "BASE_URL"),
        ("DATABASE_URL", None, "DATABASE_URL"),
        ("REDIS_URL", None, "REDIS_URL"),
        ("MAIL_URL", None, "MAIL_URL"),
        ("STRIPE_API_KEY", None, "STRIPE_API_KEY"),
        ("STRIPE_WEBHOOK_SECRET", None, "STRIPE_WEBHOOK_SECRET"),
        ("STRIPE_API_BASE", "http://127.0.0.1:1234", "STRIPE_API_BASE"),
        ("SMS_URL", "http://texts.example/messages", "SMS_URL"),
    ],
)
def test_whatever_is_embedded_is_named(
    environment: pytest.MonkeyPatch, name: str, value: str | None, complaint: str
) -> None:
    environment.delenv(name, raising=False)
    if value is not None:
        environment.setenv(name, value)

    faults = Settings().faults()

    assert len(faults) == 1
    assert complaint in faults[0]


def test_a_command_finds_the_demo_that_runs_here_unless_it_was_told_of_a_database(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    demo = tmp_path / "demo.json"
    demo.write_text(json.dumps({"environment": {"DATABASE_URL": "postgresql://demo/jari", "SECRET_KEY": "its own"}}))
    environment.setattr(config, "DEMO", demo)
    environment.setenv("PORTAL_ENV", "development")
    assert config.load().database_url == "postgresql://db.internal/jari"

    environment.delenv("DATABASE_URL")
    environment.delenv("SECRET_KEY")
    found = config.load()

    assert (found.database_url, found.secret_key) == ("postgresql://demo/jari", "its own")
