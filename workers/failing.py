"""Jobs of the clock that fail: counted and told; each is tried again at its next time."""

from portal.kernel import log
from portal.kernel.watch import Count

FAILED = Count("jari_ticker_failures_total", "Jobs of the clock that failed and are tried again.", "job")


def failed(job: str, error: Exception, **about: str) -> None:
    """The job, or what it does `about` one of several, has failed."""
    FAILED.add(job)
    log.get("ticker").warning("job failed", job=job, error=str(error), **about)
