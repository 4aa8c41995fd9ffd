"""`flask tokens`: an access token for scripts, on the word of whoever may run commands on this server."""

from datetime import timedelta

import click
from flask import current_app
from flask.cli import AppGroup

from portal.domains import audit, identity
from portal.domains.identity import tokens
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.web.database import transaction

group = AppGroup("tokens", help="Access tokens of the API.")

CLIENT = "command-line"
"""What tokens issued here say of the channel they are for."""
LONGEST = int(tokens.LONGEST_TOKEN.total_seconds()) // 60
OTHER_KEY = (
    "The key that signs tokens was locked under another SECRET_KEY, so it cannot be read. Set SECRET_KEY to what it was"
    " when the portal first ran on this database."
)


@group.command("issue")
@click.argument("email")
@click.option("--scope", required=True, help="Such as: bookings:write bookings:read points:read")
@click.option(
    "--minutes",
    type=click.IntRange(1, LONGEST),
    help="How long it is good; the setting ACCESS_TOKEN_MINUTES if not given.",
)
def issue(email: str, scope: str, minutes: int | None) -> None:
    """Prints an access token for the account."""
    settings = current_app.extensions["settings"]
    now = clock.now()
    lifetime = timedelta(minutes=minutes or settings.access_token_minutes)
    with transaction() as tx:
        account = identity.find_by_email(tx, email)
        if account is None:
            raise click.ClickException(f"There is no account {email}.")
        if not account.is_active:
            raise click.ClickException(f"The account {account.email} is closed.")
        try:
            scope = tokens.granted_scope(scope, identity.permissions(account))
        except Invalid as fact:
            raise click.ClickException(str(fact)) from fact
        try:
            token = tokens.issue_access_token(
                tx,
                current_app.extensions["vault"],
                account_id=account.id,
                client_id=CLIENT,
                scope=scope,
                base_url=settings.base_url,
                now=now,
                lifetime=lifetime,
                auth_time=now,
            )
        except identity.Locked as error:
            raise click.ClickException(OTHER_KEY) from error
        audit.record(tx, None, "token.issued", "account", str(account.id), client=CLIENT, scope=scope)
    click.echo(token)
