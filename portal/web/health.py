"""Is the process alive, can it serve: /healthz and /readyz; and how long answers take (told by metrics.py)."""

import time
from collections.abc import Callable
from functools import lru_cache

from flask import Blueprint, Flask, Response, current_app, g, request
from redis import Redis
from sqlalchemy import text

from portal.config import Settings
from portal.kernel import log
from portal.kernel.redis import client
from portal.kernel.watch import Count, Timer
from portal.web.database import db
from portal.web.guards import public
from portal.web.metrics import WORKERS

logger = log.get("web.health")
blueprint = Blueprint("health", __name__)

REQUESTS = Count("jari_requests_total", "Requests answered.", "endpoint", "status")
SECONDS = Timer("jari_request_seconds", "Time to answer.", "endpoint")


def install(app: Flask, settings: Settings) -> None:
    """Registers the three addresses and counts requests."""
    app.extensions["health.redis"] = client(settings.redis_url)
    app.before_request(_start)
    app.after_request(_count)
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
@public
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@blueprint.get("/readyz")
@public
def readyz() -> tuple[dict[str, object], int]:
    """Each part the portal needs: "ok" or what is wrong with it; 503 when one is missing."""
    parts = {
        "database": _found(_database),
        "migrations": _found(_migrations),
        "redis": _found(_redis),
        "worker": _found(_worker),
    }
    ready = all(state == "ok" for state in parts.values())
    return {"status": "ready" if ready else "not ready", "parts": parts}, 200 if ready else 503


def _found(look: Callable[[], str]) -> str:
    try:
        return look()
    except Exception as error:  # whatever is wrong with a part, the others still have their say
        logger.warning("not ready", part=look.__name__.strip("_"), error=repr(error))
        return "unreachable"


def _database() -> str:
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return "ok"


def _migrations() -> str:
    with db.engine.connect() as connection:
        at = set(connection.scalars(text("SELECT version_num FROM alembic_version")))
    heads = _heads(f"{current_app.root_path}/migrations")
    return "ok" if at == heads else f"at {', '.join(sorted(at)) or 'nothing'}, not at {', '.join(sorted(heads))}"


def _redis() -> str:
    _client().ping()
    return "ok"


def _worker() -> str:
    return "ok" if next(_client().scan_iter(f"{WORKERS}*", count=1000), None) else "none alive"


def _client() -> Redis:
    known: Redis = current_app.extensions["health.redis"]
    return known


@lru_cache(maxsize=1)
def _heads(directory: str) -> set[str]:
    from alembic.config import Config  # here, so that no other process and no first page waits for it
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", directory)
    return set(ScriptDirectory.from_config(config).get_heads())


def _start() -> None:
    g.started = time.perf_counter()


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    REQUESTS.add(endpoint, str(response.status_code))
    if "started" in g:
        SECONDS.took(time.perf_counter() - g.started, endpoint)
    return response
