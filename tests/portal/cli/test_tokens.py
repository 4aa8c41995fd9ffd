"""`flask tokens issue`: prints a token and nothing else, or says why not."""

import base64
import json
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from portal.domains.identity import Vault
from tests.support import people


def issue(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["tokens", "issue", *words])
    return result.exit_code, result.output.strip()


def test_the_token_it_prints_opens_the_api(app: Flask, database: Engine) -> None:
    app.extensions["api.keys"].forget()
    people.customer(database, "kim@example.com")
    code, token = issue(app, "Kim@Example.com", "--scope", "points:read")
    assert code == 0
    client, carried = app.test_client(), {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/points", headers=carried).status_code == 200
    assert client.get("/api/v1/orders", headers=carried).status_code == 403


def test_it_is_written_down_but_the_token_is_not(app: Flask, database: Engine) -> None:
    person = people.customer(database, "kim@example.com")
    _, token = issue(app, "kim@example.com", "--scope", "points:read")
    with database.connect() as connection:
        entry = connection.execute(text("SELECT action, subject_id, details::text FROM audit_entries")).one()
    assert (entry.action, entry.subject_id) == ("token.issued", str(person.id))
    assert token.rsplit(".", 1)[1] not in entry.details


@pytest.mark.parametrize(("words", "minutes"), [([], 15), (["--minutes", "60"], 60)])
def test_it_is_good_for_as_long_as_was_said(app: Flask, database: Engine, words: list[str], minutes: int) -> None:
    people.customer(database, "kim@example.com")
    _, token = issue(app, "kim@example.com", "--scope", "points:read", *words)
    body = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert claims["exp"] - claims["iat"] == minutes * 60


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["nobody@example.com", "--scope", "points:read"], "There is no account"),
        (["kim@example.com", "--scope", "everything"], "There is no scope «everything»"),
        (["kim@example.com", "--scope", "staff:refunds"], "needs a role"),
        (["kim@example.com", "--scope", "points:read", "--minutes", "0"], "minutes"),
        (["kim@example.com", "--scope", "points:read", "--minutes", "100000"], "minutes"),
        (["kim@example.com"], "--scope"),
        (["closed@example.com", "--scope", "points:read"], "is closed"),
    ],
)
def test_it_says_why_not(app: Flask, database: Engine, words: list[str], why: str) -> None:
    people.customer(database, "kim@example.com")
    people.customer(database, "closed@example.com")
    with database.begin() as connection:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        connection.execute(text("UPDATE accounts SET disabled_at = :at WHERE email = 'closed@example.com'"), {"at": at})
    code, said = issue(app, *words)
    assert code != 0
    assert why in said


def test_under_another_secret_key_it_says_so_in_a_sentence(app: Flask, database: Engine) -> None:
    people.customer(database, "kim@example.com")
    assert issue(app, "kim@example.com", "--scope", "points:read")[0] == 0
    vault = app.extensions["vault"]
    app.extensions["vault"] = Vault("somebody changed the secret key of this server")
    try:
        code, said = issue(app, "kim@example.com", "--scope", "points:read")
    finally:
        app.extensions["vault"] = vault
    assert code == 1
    assert said.startswith("Error: ")
    assert "another SECRET_KEY" in said
    assert "Traceback" not in said
