"""The tables in Python and the tables the migrations make are the same."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from portal import tables  # noqa: F401  # registers the tables
from portal.kernel.db import Base
from workers.engine import models  # noqa: F401  # registers the engine's tables


# Some indexes name an operator class, which Alembic cannot compare; it says so and compares the rest.
@pytest.mark.filterwarnings("ignore:Expression #[12] .*(gin_trgm_ops|jsonb_path_ops)")
def test_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
