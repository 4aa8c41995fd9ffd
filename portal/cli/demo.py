"""`flask demo`: fills the house with the sample world, and lets people live in it. Only for demos and tests."""

import json
import os
import time
from dataclasses import asdict

import click
from flask import current_app
from flask.cli import AppGroup

from portal.config import Settings
from portal.domains import identity
from portal.domains.identity import Vault
from portal.kernel import clock
from portal.seeds import sample
from portal.web.database import transaction

group = AppGroup("demo", help="The sample world.")


@group.command("seed")
@click.option("--json", "as_json", is_flag=True, help="Tell the accounts as JSON.")
@click.option("--orders/--no-orders", default=True, help="Also place some orders, which the workers then pay.")
def seed(as_json: bool, orders: bool) -> None:
    """Builds the sample world; what is there already is left alone."""
    settings = _settings()
    now = clock.now()
    with transaction() as tx:
        secret = os.environ.get("JARI_DEMO_TOTP_SECRET")  # the demo tells it to people, so it makes it
        people = sample.invite(tx, vault=Vault(settings.secret_key), now=now, totp_secret=secret)
        staff = identity.find_by_email(tx, people[-1].email)
        if staff is None:
            raise click.ClickException("The sample staff account is gone.")
        sample.build(tx, by=staff.id, now=now)
    placed = 0
    if orders:
        with transaction() as tx:
            placed = sample.book(tx, now=now)
    if as_json:
        click.echo(json.dumps({"accounts": [asdict(person) for person in people], "orders": placed}))
        return
    for person in people:
        click.echo(f"{person.email}  {person.password}")
        if person.totp_secret:
            click.echo(f"  second factor, shown this once: {person.totp_secret}")
    click.echo(f"The sample world is there; {placed} orders are on their way.")


@group.command("live")
@click.option("--patience", default=20.0, help="Seconds to wait for the workers to pay what is given back.")
def live(patience: float) -> None:
    """Gives the sample world a past, a payment in doubt and refunds to decide. The workers have to run."""
    if _settings().payment_provider == "toss":
        click.echo("Nobody lives there: with Toss every payment waits for its customer.")
        return
    with transaction() as tx:
        visits = sample.visit(tx, now=clock.now())
    end = time.monotonic() + patience
    while unpaid := _ask():
        if time.monotonic() > end:
            raise click.ClickException(f"{unpaid} orders are not paid yet, so their refunds were not asked for.")
        time.sleep(0.3)
    click.echo(f"{visits} visits were booked, and refunds wait to be decided.")


def _ask() -> int:
    with transaction() as tx:
        return sample.ask(tx, now=clock.now())


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    if settings.env == "production":
        raise click.ClickException("The sample accounts have public passwords: not in production.")
    return settings
