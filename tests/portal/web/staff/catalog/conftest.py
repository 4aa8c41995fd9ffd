"""A member of staff who looks after the catalog, with a browser."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from portal.kernel.db import Tx, transaction
from tests.support import people

Made = Callable[[Callable[[Tx], Any]], Any]


@dataclass(frozen=True)
class Desk:
    """The browser. `post` adds the form's token and leaves out what is None."""

    client: FlaskClient
    csrf: str
    person_id: UUID

    def get(self, path: str, **how: Any) -> TestResponse:
        return self.client.get(f"/staff{path}", **how)

    def post(self, path: str, **fields: object) -> TestResponse:
        data = {name: value for name, value in fields.items() if value is not None}
        return self.client.post(f"/staff{path}", data={"csrf_token": self.csrf, **data})


@pytest.fixture
def desk(app: Flask, database: Engine) -> Desk:
    client = app.test_client()
    signed_in = people.sign_in(client, people.staff(database, "catalog"))
    return Desk(client, signed_in.csrf, signed_in.person.id)


@pytest.fixture
def made(database: Engine) -> Made:
    """Does something in a transaction of its own, and answers what came of it."""

    def make(act: Callable[[Tx], Any]) -> Any:
        with transaction(database) as tx:
            return act(tx)

    return make


@pytest.fixture
def reading(database: Engine) -> Iterator[Tx]:
    """A look at what is stored."""
    with transaction(database) as tx:
        yield tx
