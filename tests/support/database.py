"""Databases for tests: made from nothing, brought to head by the real migrations."""

import psycopg
from flask_migrate import upgrade

from portal import create_app
from portal.config import Settings
from portal.web.database import connect_migrations, db


def create_database(server_url: str, name: str) -> str:
    """A new empty database on the server; returns its URL."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0'.encode())
    return server_url.rsplit("/", 1)[0] + f"/{name}"


def migrate(url: str) -> None:
    """Applies every migration to the database at `url`."""
    app = create_app(Settings(database_url=url, secret_key="only to migrate a test database"))
    connect_migrations(app)
    with app.app_context():
        upgrade()
        db.engine.dispose()
