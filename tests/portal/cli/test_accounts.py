"""The first member of staff is made on the command line."""

import pytest
from flask import Flask
from sqlalchemy import Engine

from portal.domains import identity
from portal.kernel.db import transaction


def run(app: Flask, *words: str, typed: str = "") -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["accounts", *words], input=typed)
    return result.exit_code, result.output


def roles_of(engine: Engine, email: str) -> set[str]:
    with transaction(engine) as tx:
        account = identity.find_by_email(tx, email)
        assert account is not None
        return set(account.roles)


def test_an_account_is_opened_with_its_roles(app: Flask, database: Engine) -> None:
    typed = "Granite-Teapot!26\nGranite-Teapot!26\n"
    code, said = run(app, "add", "Park@Example.com", "--role", "refunds", "--role", "catalog", typed=typed)
    assert code == 0
    assert "park@example.com can sign in as refunds, catalog." in said
    assert "Granite" not in said
    assert roles_of(database, "park@example.com") == {"refunds", "catalog"}
    with transaction(database) as tx:
        assert identity.check_password(tx, "park@example.com", "Granite-Teapot!26") is not None


def test_the_rule_of_four_classes_can_be_dropped_here_as_well(
    app: Flask, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("add", "park@example.com", "--password", "orchard granite lantern teapot")
    assert run(app, *words)[0] != 0
    easier = app.extensions["settings"].model_copy(update={"password_composition": False})
    monkeypatch.setitem(app.extensions, "settings", easier)
    code, said = run(app, *words)
    assert (code, "can sign in" in said) == (0, True), said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "park@example.com", "--password", "short"), "shorter than 12"),
        (("add", "park", "--password", "Granite-Teapot!26"), "e-mail address"),
        (("add", "park@example.com", "--password", "Granite-Teapot!26", "--role", "king"), "king"),
        (("grant", "nobody@example.com", "--role", "admin"), "no account"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(
    app: Flask, database: Engine, words: tuple[str, ...], says: str
) -> None:
    code, said = run(app, *words)
    assert code != 0
    assert says in said
    assert "Traceback" not in said
    with transaction(database) as tx:
        assert identity.find_by_email(tx, "park@example.com") is None


def test_roles_are_given_and_taken(app: Flask, database: Engine) -> None:
    run(app, "add", "park@example.com", "--password", "Granite-Teapot!26")
    assert run(app, "grant", "park@example.com", "--role", "finance") == (0, "park@example.com is now finance.\n")
    assert run(app, "revoke", "park@example.com", "--role", "finance") == (0, "park@example.com is now a customer.\n")
    assert roles_of(database, "park@example.com") == set()
