"""The ticker: `python -m workers.ticker` does what has to happen by the clock, and finds its work in the database.

Several may run; each job claims its rows, so nothing happens twice. If none runs, money and bookings are not affected:
holds end by themselves and the sweep lives in the workers.
"""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from dramatiq.brokers.redis import RedisBroker
from sqlalchemy import Engine

from portal import config, metrics, wiring
from portal.domains import identity, notifications, payments, points, reservations, resources
from portal.kernel import clock, log, sagas
from portal.kernel.db import make_engine, transaction
from workers import asking, doorbell, nightly
from workers import broker as queue
from workers.engine import SagaPort, archive
from workers.failing import failed
from workers.lines import Looking
from workers.parent import end_with_parent
from workers.sagas import book

AT_ONCE = 8
"""Mails that are sent side by side, each by whoever hears a ring and then goes on as long as more is due."""


@dataclass
class Job:
    """Something done every so many seconds."""

    name: str
    every: float
    act: Callable[[], object]
    due: float = field(default_factory=time.monotonic)


def jobs(engine: Engine, broker: RedisBroker, settings: config.Settings) -> list[Job]:
    """What the house does by the clock."""

    def ring_for_mails() -> None:
        with transaction(engine) as tx:
            due = notifications.many_due(tx, clock.now(), most=AT_ONCE)
        for _ in range(due):
            doorbell.ring_for_mail(broker)

    def tidy_holds() -> None:
        with transaction(engine) as tx:
            reservations.release_expired(tx, limit=500)

    lines = Looking(
        lambda: transaction(engine), minutes=settings.waiting_offer_minutes, before=settings.waiting_offer_before
    )

    def expire_points() -> None:
        more = True
        while more:
            with transaction(engine) as tx:
                more = bool(points.expire(tx, clock.now()))

    def reconcile() -> None:
        with transaction(engine) as tx:
            providers = payments.in_use(tx)
        nightly.compare_all(lambda: transaction(engine), providers, now=clock.now())

    def archive_sagas() -> None:
        more = settings.saga_archive_after_days > 0
        while more:
            with transaction(engine) as tx:
                more = bool(archive(tx, now=clock.now(), age=timedelta(days=settings.saga_archive_after_days)))

    def ask_about_refunds() -> None:
        asking.ask_all(lambda: transaction(engine), now=clock.now())

    def forget_tokens() -> None:
        with transaction(engine) as tx:
            identity.tokens.forget_ended(tx, now=clock.now())

    def keep_closures() -> None:
        after = None
        while True:
            with transaction(engine) as tx:
                after = resources.keep_series(tx, now=clock.now(), after=after).last
            if after is None:
                return

    return [
        Job("mails", 1.0, ring_for_mails),
        Job("holds", 60.0, tidy_holds),
        Job("waiting", 2.0, lines.look),
        Job("points", 3600.0, expire_points),
        Job("refunds", 60.0, ask_about_refunds),
        Job("reconciliation", 600.0, reconcile),
        Job("tokens", 3600.0, forget_tokens),
        Job("archive", 3600.0, archive_sagas),
        Job("closures", 3600.0, keep_closures),
    ]


def run(all_jobs: list[Job], end: threading.Event) -> None:
    """Does each job when it is due, until `end`; a job that fails is tried again at its next time."""
    while not end.is_set():
        for job in all_jobs:
            if time.monotonic() < job.due:
                continue
            job.due = time.monotonic() + job.every
            try:
                job.act()
            except Exception as error:  # whatever one job does, the others go on
                failed(job.name, error)
        end.wait(max(0.05, min(job.due for job in all_jobs) - time.monotonic()))


def main() -> None:
    """Runs until SIGTERM or SIGINT."""
    end_with_parent()
    settings = config.current()
    log.set_up(pretty=settings.env != "production")
    metrics.connect()
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    wiring.connect(settings)
    broker = queue.make_broker(settings.redis_url, timeout=1.0)
    sagas.plug(SagaPort(book, doorbell.Doorbell(broker).ring))
    engine = make_engine(settings.database_url, pool_size=4)
    run(jobs(engine, broker, settings), end)
    engine.dispose()


if __name__ == "__main__":
    main()
