"""The portal's flask commands, one module a group. `wsgi.py`, which knows the engine, adds those of the sagas."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask


def install(app: Flask) -> None:
    """Registers `group` of every module in this package."""
    for module in iter_modules(__path__):
        app.cli.add_command(import_module(f"{__name__}.{module.name}").group)
