"""Bookings under load: taking places beside pgbench, one crowded slot, a month's page, and bookings through the web."""

from benchmarks.bookings import claims, month, rush, web


def run(*, quick: bool = False) -> None:
    """Prints claims, hot_slot, month_page, month_page.growth and bookings_web."""
    claims.run(quick=quick)
    rush.run(quick=quick)
    month.run(quick=quick)
    web.run(quick=quick)
