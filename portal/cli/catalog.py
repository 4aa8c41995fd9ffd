"""`flask catalog import FILE.csv`: brings one's own catalog into the house (docs/import.md)."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from portal.kernel import clock
from portal.seeds.importing import import_catalog
from portal.seeds.sheet import BadSheet
from portal.web.database import transaction

group = AppGroup("catalog", help="Categories, products, prices and what is booked.")

MOST_TOLD = 50


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file(file: Path) -> None:
    """Imports a catalog from a CSV file: all of it or, if anything is wrong, nothing."""
    settings = current_app.extensions["settings"]
    try:
        with transaction() as tx:
            done = import_catalog(
                tx,
                file.read_bytes(),
                now=clock.now(),
                currency=settings.default_currency,
                time_zone=settings.default_time_zone,
            )
    except BadSheet as fault:
        for problem in fault.problems[:MOST_TOLD]:
            click.echo(str(problem), err=True)
        count = len(fault.problems)
        more = f" The first {MOST_TOLD} are shown." if count > MOST_TOLD else ""
        raise click.ClickException(
            f"{count} problem{'s' if count > 1 else ''} in {file.name}; nothing was imported.{more}"
        ) from fault
    click.echo(
        f"{file.name}: {done.created} products new, {done.updated} known;"
        f" {done.categories} categories and {done.resources} resources new."
    )
