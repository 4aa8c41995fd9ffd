"""Somebody at the door: a browser that fills in forms as people do."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Engine
from werkzeug.test import TestResponse

import local.redis
from portal.kernel.redis import client as redis_client


class Browser:
    """Opens a page and sends its form, token included. `csrf` is the token of the page seen last."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.csrf = ""

    def get(self, path: str, **how: object) -> TestResponse:
        answer = self.client.get(path, **how)
        if found := re.search(r'name="csrf_token" value="([^"]+)"', answer.text):
            self.csrf = found[1]
        return answer

    def send(self, path: str, **fields: str) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.csrf, **fields})

    def fill_in(self, path: str, **fields: str) -> TestResponse:
        """Opens the form at `path` and sends it there."""
        self.get(path)
        return self.send(path, **fields)

    @property
    def sid(self) -> str:
        cookie = self.client.get_cookie("sid")
        return cookie.value if cookie else ""

    @property
    def is_in(self) -> bool:
        return self.client.get("/account/security").status_code == 200


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """The Redis of this test: no tries counted yet."""
    redis = redis_client(redis_url)
    redis.flushdb()
    yield redis
    redis.flushdb()
    redis.close()


@pytest.fixture
def guest(app: Flask, database: Engine, redis: Redis) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def mortal_redis(tmp_path: Path) -> Iterator[local.redis.Redis]:
    """A Redis that the test may kill."""
    with local.redis.running(tmp_path / "redis") as server:
        yield server
