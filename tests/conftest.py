"""What every test may ask for: a real PostgreSQL and Redis of its own, an app, and a database that is clean again."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from xdist.scheduler import LoadFileScheduling

import local.postgres
import local.redis
from portal import create_app
from portal.config import Settings
from portal.kernel.db import Base, Tx, make_engine
from tests.support.database import create_database, migrate

# How long an example takes is the machine's affair: a busy one is no reason to fail.
hypothesis_settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("patient")


class OneHouse(LoadFileScheduling):
    """A file at a time for each process, but all browser journeys to one of them: they share a house."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/journeys" if nodeid.startswith("tests/journeys/") else str(super()._split_scope(nodeid))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--write-tables`: tests that compare a table of the docs write it instead."""
    parser.addoption("--write-tables", action="store_true", help="write the tables in docs/ that tests compare")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneHouse | None:
    """Takes the place of `--dist loadfile`; any other wish is left to xdist."""
    return OneHouse(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local.postgres.Postgres]:
    """A PostgreSQL server of this test process."""
    with local.postgres.running(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of this test process."""
    os.environ.pop("REDIS_URL", None)
    with local.redis.running(tmp_path_factory.mktemp("redis")) as server:
        yield server.url


@pytest.fixture(scope="session")
def database_url(postgres: local.postgres.Postgres) -> str:
    """A database with every migration applied."""
    url = create_database(postgres.url, "jari")
    migrate(url)
    return url


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """Connections to the test database."""
    engine = make_engine(database_url, pool_size=20)
    yield engine
    engine.dispose()


@pytest.fixture
def tx(engine: Engine) -> Iterator[Tx]:
    """A transaction that is rolled back, whatever the test does in it (commits inside become savepoints)."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        outer.rollback()


@pytest.fixture
def database(engine: Engine) -> Iterator[Engine]:
    """The database for tests that commit: every table is empty again afterwards."""
    yield engine
    tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} CASCADE"))


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings as a test server has them."""
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        secret_key="a secret key that is only good for tests",
        base_url="http://localhost",
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    """The application on the test database."""
    app = create_app(settings)
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask, database: Engine) -> FlaskClient:
    """A browser without JavaScript; what it writes is gone after the test."""
    return app.test_client()


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return Path(__file__).resolve().parent.parent
