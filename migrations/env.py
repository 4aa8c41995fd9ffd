"""Runs the migrations with the application's own connection; waits briefly for locks rather than block the shop."""

from alembic import context
from flask import current_app
from sqlalchemy import text

import workers.engine.models  # noqa: F401  # registers the engine's tables
from portal.kernel.db import Base

config = context.config


def run() -> None:
    """Applies what is missing, each migration in its own transaction."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SET statement_timeout = 0"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            compare_server_default=False,
            include_object=lambda _obj, name, kind, *_: not (kind == "table" and name == "alembic_version"),
        )
        with context.begin_transaction():
            context.run_migrations()


run()
