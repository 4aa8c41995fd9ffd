"""Production does not start on what is only good for one machine, and says which."""

import pytest

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
    for name in ("STRIPE_API_BASE", *SOUND):
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
