"""Requests and the database: Flask-SQLAlchemy's session, and the transaction a view opens."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import DBAPIError

from portal.config import Settings
from portal.kernel import log
from portal.kernel.db import POOLED, Base, Tx, sqlalchemy_url, try_what_was_idle

# Our own framework-free Base, so that workers use the same models without Flask.
db = SQLAlchemy(metadata=Base.metadata)


def install(app: Flask, settings: Settings) -> None:
    """Connects the app to PostgreSQL, and on the command line to its migrations."""
    app.config["SQLALCHEMY_DATABASE_URI"] = sqlalchemy_url(settings.database_url)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": 20,
        "connect_args": {"options": "-c timezone=UTC -c statement_timeout=15000", "connect_timeout": 5},
        **POOLED,
    }
    db.init_app(app)
    with app.app_context():
        try_what_was_idle(db.engine)
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
        connect_migrations(app)
    app.teardown_appcontext(_let_go)  # before the extension's own, which then finds nothing left to do


def connect_migrations(app: Flask) -> None:
    """What `flask db` needs. No server has to load it: that would be a seventh of its start."""
    from flask_migrate import Migrate  # as said

    Migrate(app, db, directory=f"{app.root_path}/migrations")


@contextmanager
def transaction() -> Iterator[Tx]:
    """The request's session as one transaction: commits at the end, rolls back if anything is raised.

    Reads made before in this request belong to the same transaction.
    """
    session = db.session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


def _let_go(_error: BaseException | None) -> None:
    """Gives the connection back. A database that goes away behind an answer must not take the answer with it."""
    try:
        db.session.remove()
    except DBAPIError as error:
        log.get("web.database").warning("the database went away behind an answer", error=repr(error))
        db.session.registry.clear()
