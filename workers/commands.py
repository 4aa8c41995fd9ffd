"""The `flask sagas` commands: the business processes as people read them, how far one of them is, and its cures."""

from datetime import timedelta

import click
from flask import Flask
from flask.cli import AppGroup

from portal.kernel import clock, sagas
from portal.kernel.db import transaction
from workers import curing
from workers.engine import archive
from workers.engine.show import show
from workers.sagas import book

HEAD = """# The business processes

Made by `flask --app wsgi sagas show` from the tables in `workers/sagas/`; a test keeps it so.

*sync*: somebody waits for the answer a few seconds. *async*: nobody does. All steps run on the workers. Before the
**pivot** a refusal undoes what was done, in reverse; behind it there is only forward.

"""

group = AppGroup("sagas", help="The business processes and how far they are.")


def text() -> str:
    """What `sagas show` prints and docs/sagas.md holds."""
    return HEAD + show(book)


@group.command("show")
def show_command() -> None:
    """Prints every saga's table and the definition of its functions."""
    click.echo(text(), nl=False)


@group.command("progress")
@click.argument("kind", type=click.Choice(sorted({saga.name for saga in book})))
@click.argument("key")
def progress_command(kind: str, key: str) -> None:
    """Prints how far a saga is: of an order's number (payment, late_payment, late_refund) or a refund's id (refund)."""
    from portal.web.database import db

    with transaction(db.engine) as tx:
        found = sagas.engine().progress(tx, kind, key)
    if found is None:
        raise click.ClickException(f"There is no {kind} saga for {key}.")
    click.echo(f"{found.kind} {found.key}: {found.state}" + (f" ({found.park_reason})" if found.park_reason else ""))
    for step in found.steps:
        click.echo(f"  {step.state:<10} {step.kind:<14} {step.name}" + (f"  {step.error}" if step.error else ""))


@group.command("archive")
@click.option("--days", type=click.IntRange(min=1), required=True, help="Only what ended longer ago.")
def archive_command(days: int) -> None:
    """Moves finished processes out of the tables that bookings go through; they stay readable."""
    from portal.web.database import db

    moved, more = 0, True
    while more:
        with transaction(db.engine) as tx:
            batch = archive(tx, now=clock.now(), age=timedelta(days=days))
        moved, more = moved + batch, bool(batch)
    click.echo(f"{moved} archived.")


def install(app: Flask) -> None:
    """Registers the commands."""
    for command in curing.COMMANDS:
        group.add_command(command)
    app.cli.add_command(group)
