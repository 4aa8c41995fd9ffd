"""`flask accounts`: opening an account and giving or taking roles, for the first member of staff and for repairs."""

import click
from flask import current_app
from flask.cli import AppGroup

from portal.config import Settings
from portal.domains import audit, identity
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.web.database import transaction

group = AppGroup("accounts", help="Accounts and their roles.")

role_option = click.option("--role", "roles", multiple=True, type=click.Choice(identity.ROLES), help="May be repeated.")


@group.command("add")
@click.argument("email")
@click.option("--name", help="What the person is called; the part before the @ if not given.")
@role_option
@click.password_option(help="Asked for when not given; given here, it stays in the shell's history.")
def add(email: str, name: str | None, roles: tuple[str, ...], password: str) -> None:
    """Opens an account, with roles if any are named."""
    rules: Settings = current_app.extensions["settings"]
    try:
        with transaction() as tx:
            called = name or email.partition("@")[0]
            account = identity.register(tx, email, called, password, composition=rules.password_composition)
            for role in roles:
                identity.grant_role(tx, account.id, role)
            audit.record(tx, None, "account.opened", "account", account.id, by="command")
            known = account.email
    except Invalid as fact:
        raise click.ClickException(str(fact)) from fact
    click.echo(f"{known} can sign in" + (f" as {', '.join(roles)}." if roles else "."))


@group.command("grant")
@click.argument("email")
@role_option
def grant(email: str, roles: tuple[str, ...]) -> None:
    """Gives roles to an account."""
    with transaction() as tx:
        account = identity.find_by_email(tx, email)
        if account is None:
            raise click.ClickException(f"There is no account {email}.")
        for role in roles:
            identity.grant_role(tx, account.id, role)
        audit.record(tx, None, "account.roles_changed", "account", account.id, given=list(roles), by="command")
        click.echo(f"{account.email} is now {', '.join(sorted(account.roles)) or 'a customer'}.")


@group.command("close")
@click.argument("email")
def close(email: str) -> None:
    """Closes an account: its sessions, tokens and connected apps end at their next request."""
    with transaction() as tx:
        account = identity.find_by_email(tx, email)
        if account is None:
            raise click.ClickException(f"There is no account {email}.")
        identity.close_account(tx, account.id, now=clock.now())
        audit.record(tx, None, "account.closed", "account", account.id)
    click.echo(f"{email} is closed.")


@group.command("reopen")
@click.argument("email")
def reopen(email: str) -> None:
    """Opens a closed account again. Its apps have to be allowed anew."""
    with transaction() as tx:
        account = identity.find_by_email(tx, email)
        if account is None:
            raise click.ClickException(f"There is no account {email}.")
        identity.reopen_account(tx, account.id)
        audit.record(tx, None, "account.reopened", "account", account.id)
    click.echo(f"{email} is open again.")


@group.command("revoke")
@click.argument("email")
@role_option
def revoke(email: str, roles: tuple[str, ...]) -> None:
    """Takes roles from an account."""
    with transaction() as tx:
        account = identity.find_by_email(tx, email)
        if account is None:
            raise click.ClickException(f"There is no account {email}.")
        for role in roles:
            identity.revoke_role(tx, account.id, role)
        audit.record(tx, None, "account.roles_changed", "account", account.id, taken=list(roles), by="command")
        click.echo(f"{account.email} is now {', '.join(sorted(account.roles)) or 'a customer'}.")
