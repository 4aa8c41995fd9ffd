"""The shop behind the back office, and staff with a browser."""

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support import people
from tests.support.till import Shop, provider, shop

__all__ = ["Desk", "provider", "shop"]


class Desk:
    """A member of staff with a browser."""

    def __init__(self, app: Flask, shop: Shop, role: str = "finance", name: str = "Park Jiwoo") -> None:
        self.client: FlaskClient = app.test_client()
        self.csrf = people.sign_in(self.client, people.staff(shop.engine, role, name=name)).csrf

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/staff{path}")

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.client.post(f"/staff{path}", data={"csrf_token": self.csrf, **fields})
