"""The ticker: a job that breaks keeps nobody from theirs, and a real one compares our books with the provider's."""

import os
import subprocess
import sys
import threading

from portal.config import Settings
from tests.journeys.house import wait_for
from tests.support.till import Shop
from workers.ticker import Job, run


def test_a_job_that_breaks_keeps_nobody_from_theirs() -> None:
    end, done = threading.Event(), []

    def breaks() -> None:
        raise RuntimeError("broken")

    def works() -> None:
        done.append(1)
        if len(done) == 2:
            end.set()

    run([Job("breaks", 0.01, breaks), Job("works", 0.01, works)], end)

    assert len(done) == 2


def test_a_real_ticker_compares_our_books_with_the_providers(shop: Shop, settings: Settings) -> None:
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "STRIPE_API_BASE": shop.provider.url,
    }
    ticker = subprocess.Popen([sys.executable, "-m", "workers.ticker"], env=environment)
    try:
        query = "SELECT count(*) AS runs FROM reconciliations WHERE ended_at IS NOT NULL"
        wait_for(lambda: shop.sql(query)[0].runs == 1, 30, "nothing was compared")
    finally:
        ticker.terminate()
        assert ticker.wait(10) == 0
