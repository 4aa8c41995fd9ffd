"""Every answer says what the browser may run, and what it may keep."""

import re

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Engine

from portal.config import Settings
from tests.portal.web.conftest import built
from tests.support import people

EVERYWHERE = [
    "/house/open",
    "/house/mine",
    "/house/nowhere",
    "/house/broken",
    "/healthz",
    "/static/icons.svg",
    "/sign-in",
]


@pytest.mark.asvs("3.4.3", "3.4.4", "3.4.5", "3.4.6", "3.4.8")
@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_has_the_policy(visitor: FlaskClient, path: str) -> None:
    headers = visitor.get(path).headers
    policy = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    nonce = policy.pop("script-src")
    assert re.fullmatch(r"'nonce-[\w-]{22}'", nonce)
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "object-src": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


@pytest.mark.asvs("3.4.3")
def test_the_nonce_of_the_policy_is_that_of_the_scripts_and_another_each_time(visitor: FlaskClient) -> None:
    seen = set()
    for _ in range(3):
        answer = visitor.get("/house/open")
        scripts = re.findall(r"<script([^>]*)>", answer.text)
        assert scripts
        (nonce,) = set(re.findall(r'nonce="([^"]+)"', " ".join(scripts)))
        assert all("nonce=" in script for script in scripts)
        assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        seen.add(nonce)
    assert len(seen) == 3


@pytest.mark.asvs("3.4.1")
def test_https_stays_https(settings: Settings, redis: Redis) -> None:
    client = built(settings.model_copy(update={"base_url": "https://jari.example"})).test_client()
    given = client.get("/house/nowhere", base_url="https://jari.example").headers["Strict-Transport-Security"]
    assert int(re.findall(r"max-age=(\d+)", given)[0]) >= 365 * 24 * 3600
    assert "includeSubDomains" in given


@pytest.mark.asvs("14.3.2")
def test_what_somebody_signed_in_sees_is_not_kept(visitor: FlaskClient, database: Engine) -> None:
    assert visitor.get("/house/open").headers.get("Cache-Control") != "no-store"
    people.sign_in(visitor, people.customer(database))
    for path in ("/house/open", "/house/mine", "/account/security"):
        answer = visitor.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Cookie" in answer.vary
    assert visitor.get("/static/icons.svg").headers.get("Cache-Control") != "no-store"
