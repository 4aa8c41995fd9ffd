"""Somebody at the door: a browser that fills in forms as people do."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from portal.kernel.db import transaction
from tests.support import people

KIM = "kim@example.com"


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
def kim(database: Engine) -> people.Person:
    return people.customer(database, KIM)


@pytest.fixture
def guest(app: Flask, database: Engine, redis: Redis) -> Browser:
    return Browser(app.test_client())


def mails(database: Engine) -> list[tuple[str, str]]:
    """Template and subject of every mail."""
    with transaction(database) as tx:
        return [tuple(row) for row in tx.execute(text("SELECT template, data->>'what' FROM mails ORDER BY id"))]


def acts(database: Engine) -> list[str]:
    """What the log of acts says was done."""
    with transaction(database) as tx:
        return list(tx.scalars(text("SELECT action FROM audit_entries ORDER BY id")))
