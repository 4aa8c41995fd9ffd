"""GET /metrics for Prometheus: what processes count, what the database and Redis know at this moment.

In production it is closed unless METRICS_TOKEN is set and comes with the call as a bearer token.
"""

import hmac
from collections.abc import Iterator

from flask import Blueprint, Flask, Response, abort, current_app, request
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis import Redis, RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal import metrics
from portal.config import Settings
from portal.kernel import log
from portal.reports import watching
from portal.web.database import db
from portal.web.guards import public

WORKERS = "jari:worker:alive:"
"""Each worker keeps a key under this name alive for as long as it is."""
QUEUES = ("sagas", "mail")

logger = log.get("web.metrics")
blueprint = Blueprint("metrics", __name__)


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/metrics")
@public
def figures() -> Response:
    """All figures, as text; 404 for whoever may not see them."""
    if not _may_see(current_app.extensions["settings"]):
        abort(404)
    body, content_type = metrics.page(Now(current_app.extensions["health.redis"]))
    return Response(body, content_type=content_type)


def _may_see(settings: Settings) -> bool:
    if not settings.metrics_token:
        return settings.env != "production"
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), settings.metrics_token.encode())


class Now(Collector):
    """What is so at this moment. A part that is away is told as 0 in `jari_up`; the other parts have their say."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("jari_up", "Whether this part answered just now.", labels=("part",))
        for part, look in (("database", self._database), ("redis", self._queues)):
            try:
                found = look()
            except (SQLAlchemyError, RedisError) as error:
                logger.warning("no figures", part=part, error=type(error).__name__)
                up.add_metric((part,), 0)
                continue
            up.add_metric((part,), 1)
            yield from found
        yield up

    def _database(self) -> list[GaugeMetricFamily]:
        families = {
            name: GaugeMetricFamily(name, words, labels=labels) for name, (words, labels) in watching.WORDS.items()
        }
        with Session(db.engine) as tx, tx.begin():
            tx.execute(text("SET LOCAL statement_timeout = '2s'"))
            for figure in watching.figures(tx):
                families[figure.name].add_metric(figure.labels, figure.value)
        return list(families.values())

    def _queues(self) -> list[GaugeMetricFamily]:
        rung = GaugeMetricFamily("jari_queue_messages", "Doorbells nobody has heard yet.", labels=("queue",))
        dead = GaugeMetricFamily("jari_queue_dead_letters", "Messages Dramatiq gave up.", labels=("queue",))
        for queue in QUEUES:
            waiting = self._redis.llen(f"dramatiq:{queue}") + self._redis.llen(f"dramatiq:{queue}.DQ")  # type: ignore[operator]  # a sync client
            rung.add_metric((queue,), waiting)
            dead.add_metric((queue,), self._redis.zcard(f"dramatiq:{queue}.XQ"))  # type: ignore[arg-type]  # the same
        alive = GaugeMetricFamily("jari_workers_alive", "Worker processes that said so within 15 seconds.")
        alive.add_metric((), sum(1 for _ in self._redis.scan_iter(f"{WORKERS}*", count=1000)))
        return [rung, dead, alive]
