"""Requests and the database: what becomes of an answer when the database goes away behind it."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

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
