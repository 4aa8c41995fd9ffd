"""`flask keys`: the keys that sign access tokens; rotating them, by hand or by a timer."""

import click
from flask import current_app
from flask.cli import AppGroup

from portal.domains import audit
from portal.domains.identity import tokens
from portal.kernel import clock
from portal.web.database import transaction

group = AppGroup("keys", help="The keys that sign access tokens.")


@group.command("list")
def list_keys() -> None:
    """Shows which key signs, which one is next and which ones only check."""
    with transaction() as tx:
        known = tokens.key_states(tx, now=clock.now())
    for key in known:
        until = f", published until {key.published_until:%Y-%m-%d %H:%M} UTC" if key.published_until else ""
        click.echo(f"{key.kid}  {key.state:<8}signs from {key.active_from:%Y-%m-%d %H:%M} UTC{until}")
    if not known:
        click.echo("There is no key yet; the first token makes one.")


@group.command("rotate")
@click.option("--compromised", is_flag=True, help="Somebody else may know a key: end all keys and their tokens now.")
def rotate(compromised: bool) -> None:
    """Publishes a new key; it begins to sign when everybody knows it, and the old one stays until its tokens end."""
    vault, now = current_app.extensions["vault"], clock.now()
    try:
        with transaction() as tx:
            made = tokens.replace(tx, vault, now=now) if compromised else tokens.rotate(tx, vault, now=now)
            audit.record(tx, None, "key.replaced" if compromised else "key.rotated", "signing key", made.kid)
    except tokens.NextIsWaiting as fact:
        raise click.ClickException(str(fact)) from fact
    click.echo(f"{made.kid} signs from {made.active_from:%Y-%m-%d %H:%M:%S} UTC on.")
