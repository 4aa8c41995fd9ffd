"""Requests and the database: what becomes of an answer when the database goes away behind it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from portal.kernel import wire
from portal.web.database import db
from portal.web.guards import public


def test_an_answer_that_is_made_is_given_though_the_database_is_gone(
    house: Flask, visitor: FlaskClient, database: Engine
) -> None:
    @house.get("/house/read")
    @public
    def read() -> str:
        pid = db.session().execute(text("SELECT pg_backend_pid()")).scalar_one()
        with database.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        return "read"

    assert [visitor.get("/house/read").text for _ in range(2)] == ["read", "read"]


@pytest.mark.parametrize(("waiting", "status"), [("SELECT pg_sleep(5)", 503), ("SELECT 1 / 0", 500)])
def test_what_cannot_go_on_now_is_told_as_that_also_of_a_statement_that_waited(
    house: Flask, visitor: FlaskClient, waiting: str, status: int
) -> None:
    @house.get("/house/later")
    @public
    def later() -> str:
        tx = db.session()
        wire.later(tx, "SET LOCAL statement_timeout = 50", {})
        wire.later(tx, waiting, {})
        wire.ask(tx, "SELECT 1", {})
        return "read"

    assert visitor.get("/house/later").status_code == status
