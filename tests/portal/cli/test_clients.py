"""`flask clients`, `flask keys` and `flask accounts close`: they do what they say, and say why not."""

from flask import Flask
from sqlalchemy import Engine, text

from tests.support import people


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=list(words))
    return result.exit_code, result.output.strip()


def test_an_app_is_added_listed_and_closed(app: Flask, database: Engine) -> None:
    add = ("clients", "add", "a-tool", "--name", "A Tool", "--scope", "points:read")
    code, said = run(app, *add, "--redirect-uri", "http://127.0.0.1/done")
    assert (code, said) == (0, "a-tool is registered. It has no secret: it proves itself with PKCE.")
    assert run(app, *add, "--redirect-uri", "http://127.0.0.1/done")[1].startswith("Error: There is a client")
    assert run(app, "clients", "list")[1].split() == ["a-tool", "public", "points:read", "http://127.0.0.1/done"]
    assert run(app, "clients", "close", "a-tool") == (0, "a-tool is closed; its tokens are over.")
    assert "closed" in run(app, "clients", "list")[1]
    assert run(app, "clients", "close", "nobody")[0] == 1


def test_a_partner_gets_a_secret_and_needs_an_account(app: Flask, database: Engine) -> None:
    people.customer(database, "kim@example.com")
    add = ("clients", "add", "a-partner", "--name", "A Partner", "--scope", "points:read", "--account")
    assert run(app, *add, "nobody@example.com") == (1, "Error: There is no account nobody@example.com.")
    code, secret = run(app, *add, "kim@example.com")
    assert code == 0
    assert secret.startswith("jari_cs_")
    with database.connect() as connection:
        entries = connection.execute(text("SELECT action, details::text FROM audit_entries")).all()
    assert [entry.action for entry in entries] == ["client.registered"]
    assert secret not in entries[0].details


def test_keys_are_rotated_listed_and_in_need_replaced(app: Flask, database: Engine) -> None:
    assert run(app, "keys", "list")[1].startswith("There is no key yet")
    assert run(app, "keys", "rotate")[0] == 0
    assert run(app, "keys", "rotate")[0] == 0
    assert [line.split()[1] for line in run(app, "keys", "list")[1].splitlines()] == ["next", "active"]
    code, said = run(app, "keys", "rotate")
    assert code == 1
    assert said.startswith("Error: The next key is published already.")
    assert run(app, "keys", "rotate", "--compromised")[0] == 0
    assert [line.split()[1] for line in run(app, "keys", "list")[1].splitlines()] == ["active"]


def test_an_account_is_closed_and_opened_again(app: Flask, database: Engine) -> None:
    people.customer(database, "kim@example.com")
    assert run(app, "accounts", "close", "kim@example.com") == (0, "kim@example.com is closed.")
    issue = ("tokens", "issue", "kim@example.com", "--scope", "points:read")
    assert "is closed" in run(app, *issue)[1]
    assert run(app, "accounts", "reopen", "kim@example.com") == (0, "kim@example.com is open again.")
    assert run(app, *issue)[0] == 0
    assert run(app, "accounts", "close", "nobody@example.com")[0] == 1
