"""`flask catalog import FILE` and `flask catalog export FILE`: one's own catalog, in and out (docs/import.md)."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from portal.kernel import clock
from portal.kernel.errors import Stale
from portal.seeds.exporting import export_csv, export_json
from portal.seeds.faults import BadSheet
from portal.seeds.importing import import_catalog
from portal.web.database import transaction

group = AppGroup("catalog", help="Categories, products, prices and what is booked.")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file(file: Path) -> None:
    """Imports a catalog from a CSV or JSON file: all of it or, if anything is wrong, nothing."""
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
    except Stale as fact:
        said = f"somebody changed the same things meanwhile; nothing of {file.name} was imported. Run it again."
        raise click.ClickException(said) from fact
    except BadSheet as fault:
        for problem in fault.problems:
            click.echo(str(problem), err=True)
        count = len(fault.problems)
        said = f"{count} problem{'s' if count > 1 else ''} in {file.name}; nothing was imported."
        raise click.ClickException(said) from fault
    click.echo(
        f"{file.name}: {done.created} products new, {done.updated} known;"
        f" {done.categories} categories and {done.resources} resources new."
    )


@group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_file(file: Path) -> None:
    """Writes the whole catalog to a file, which can be imported again: JSON if its name ends so, else CSV."""
    write = export_json if file.suffix.lower() == ".json" else export_csv
    with transaction() as tx:
        data = write(tx, now=clock.now())
    file.write_bytes(data)
    click.echo(f"{file.name}: {len(data):,} bytes.")
