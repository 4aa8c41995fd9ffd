"""What every DBOS process here has in common: its settings, and four threads that call a workflow directly."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dbos import DBOS, DBOSConfig, SQLAlchemyDatasource

THREADS = 4
URL = os.environ["DATABASE_URL"]
EXACTLY_ONCE = os.environ["STYLE"] == "datasource"


def configure() -> None:
    """One system database beside the tables, connections enough for every thread, no logs, no admin server."""
    DBOS(
        config=DBOSConfig(
            name="bench",
            system_database_url=URL,
            executor_id=os.environ["EXECUTOR"],
            application_version="1",
            log_level="ERROR",
            sys_db_pool_size=THREADS * 2,
            max_executor_threads=THREADS * 2,
        )
    )


def datasource() -> SQLAlchemyDatasource:
    """Where transactions commit together with their checkpoint; READ COMMITTED as ours, so that nothing is retried."""
    return SQLAlchemyDatasource.create(URL, engine_kwargs={"pool_size": THREADS, "max_overflow": THREADS})


def call_all(workflow: Callable[[Any], object], orders: Iterable[Any]) -> int:
    """Runs every order to its end on the threads; returns how many."""
    with ThreadPoolExecutor(THREADS) as pool:
        return len(list(pool.map(workflow, orders)))
