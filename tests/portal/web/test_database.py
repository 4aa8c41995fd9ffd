"""Requests and the database: what becomes of an answer when the database goes away behind it."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from portal.kernel import wire
from portal.kernel.db import Tx
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


def waits(tx: Tx, sql: str) -> None:
    wire.later(tx, sql, {})
    wire.ask(tx, "SELECT 1", {})


def asks(tx: Tx, sql: str) -> None:
    wire.ask(tx, sql, {})


def asks_in_a_savepoint(tx: Tx, sql: str) -> None:
    with wire.savepoint(tx):
        wire.ask(tx, sql, {})


def executes(tx: Tx, sql: str) -> None:
    tx.execute(text(sql))


def executes_in_a_savepoint(tx: Tx, sql: str) -> None:
    with tx.begin_nested():
        tx.execute(text(sql))


@pytest.mark.parametrize("run", [waits, asks, asks_in_a_savepoint, executes, executes_in_a_savepoint])
@pytest.mark.parametrize(
    ("sql", "status"),
    [
        ("SELECT pg_sleep(5)", 503),
        ("LOCK TABLE rushes", 503),
        ("DELETE FROM rushes", 503),  # on a copy that only reads
        ("SELECT 1 / 0", 500),
    ],
)
def test_what_cannot_go_on_just_now_is_told_as_that_whoever_passes_it_on(
    house: Flask, visitor: FlaskClient, database: Engine, run: Callable[[Tx, str], None], sql: str, status: int
) -> None:
    @house.get("/house/later")
    @public
    def later() -> str:
        tx = db.session()
        if "DELETE" in sql:
            wire.later(tx, "SET LOCAL transaction_read_only = on", {})
        wire.later(tx, "SET LOCAL statement_timeout = 500", {})
        wire.later(tx, "SET LOCAL lock_timeout = 50", {})
        run(tx, sql)
        return "read"

    with database.begin() as other:
        if "LOCK" in sql:
            other.execute(text("LOCK TABLE rushes"))
        assert visitor.get("/house/later").status_code == status
