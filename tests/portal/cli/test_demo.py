"""`flask demo seed`."""

import json

import pytest
from flask import Flask

from portal.config import Settings


@pytest.mark.usefixtures("database")
def test_the_sample_accounts_are_told_and_the_second_factor_only_once(app: Flask) -> None:
    runner = app.test_cli_runner()
    told = runner.invoke(args=["demo", "seed", "--no-orders", "--json"])
    assert told.exit_code == 0, told.output
    accounts = {account["email"]: account for account in json.loads(told.stdout)["accounts"]}
    assert accounts["customer@example.com"]["password"] == "Harbour-Lantern!26"
    secret = accounts["staff@example.com"]["totp_secret"]
    assert len(secret) == 32
    again = runner.invoke(args=["demo", "seed", "--no-orders"])
    assert again.exit_code == 0
    assert "staff@example.com  Granite-Teapot!26" in again.output
    assert "second factor" not in again.output


def test_production_gets_no_accounts_with_public_passwords(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "settings", settings.model_copy(update={"env": "production"}))
    told = app.test_cli_runner().invoke(args=["demo", "seed"])
    assert (told.exit_code, told.output) == (
        1,
        "Error: The sample accounts have public passwords: not in production.\n",
    )


def test_with_toss_nobody_is_waited_for(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "settings", settings.model_copy(update={"payment_provider": "toss"}))
    told = app.test_cli_runner().invoke(args=["demo", "live"])
    assert (told.exit_code, told.output) == (0, "Nobody lives there: with Toss every payment waits for its customer.\n")
