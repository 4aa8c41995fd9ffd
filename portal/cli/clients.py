"""`flask clients`: the apps that may ask people for access to the API, and partners that act for themselves."""

import click
from flask.cli import AppGroup

from portal.domains import audit, identity
from portal.domains.identity import tokens
from portal.kernel import clock
from portal.kernel.errors import Fact, NotFound
from portal.web.database import transaction

group = AppGroup("clients", help="Apps that may ask for access tokens.")


@group.command("add")
@click.argument("client_id")
@click.option("--name", required=True, help="What the consent page calls it.")
@click.option("--scope", required=True, help="The most it may ask for, such as: bookings:read points:read")
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="Where people go back to; may be repeated.")
@click.option("--confidential", is_flag=True, help="It runs on a server and can keep a secret.")
@click.option("--account", "email", help="A partner's account: the client may act for it by itself.")
def add(
    client_id: str, name: str, scope: str, redirect_uris: tuple[str, ...], confidential: bool, email: str | None
) -> None:
    """Registers an app. Prints its secret, if it has one, this once."""
    try:
        with transaction() as tx:
            account = identity.find_by_email(tx, email) if email else None
            if email and account is None:
                raise click.ClickException(f"There is no account {email}.")
            secret = tokens.register_client(
                tx,
                client_id,
                name,
                scope=scope,
                redirect_uris=redirect_uris,
                confidential=confidential,
                account_id=account.id if account else None,
            )
            audit.record(tx, None, "client.registered", "client", client_id, scope=scope, account=email)
    except Fact as fact:
        raise click.ClickException(str(fact)) from fact
    click.echo(secret or f"{client_id} is registered. It has no secret: it proves itself with PKCE.")


@group.command("list")
def list_clients() -> None:
    """Shows every app: its kind, its scopes, its addresses."""
    with transaction() as tx:
        for client in tokens.clients(tx):
            kind = "closed" if client.closed_at else "partner" if client.account_id else ""
            kind = kind or ("confidential" if client.secret_hash else "public")
            click.echo(f"{client.id:<24}{kind:<14}{client.scope}  {' '.join(client.redirect_uris)}".rstrip())


@group.command("close")
@click.argument("client_id")
def close(client_id: str) -> None:
    """Ends an app and everything people allowed it."""
    try:
        with transaction() as tx:
            tokens.close_client(tx, client_id, now=clock.now())
            audit.record(tx, None, "client.closed", "client", client_id)
    except NotFound as fact:
        raise click.ClickException(f"There is no client {client_id}.") from fact
    click.echo(f"{client_id} is closed; its tokens are over.")
