"""The portal's flask commands. Those of the sagas are registered by `wsgi.py`, which knows the engine."""

from flask import Flask


def install(app: Flask) -> None:
    """Registers every command group."""
