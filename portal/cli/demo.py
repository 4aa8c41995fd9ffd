"""`flask demo seed`: fills the house with the sample world. Only for demos and tests."""

import json
import os
from dataclasses import asdict

import click
from flask import current_app
from flask.cli import AppGroup

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
    settings = current_app.extensions["settings"]
    if settings.env == "production":
        raise click.ClickException("The sample accounts have public passwords: not in production.")
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
