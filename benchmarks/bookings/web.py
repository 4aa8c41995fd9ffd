"""Whole bookings through the web: pages, hold, checkout, the saga to its end; two web and two worker processes."""

from contextlib import ExitStack

from benchmarks import house
from benchmarks.bookings import portal
from benchmarks.bookings.side import CUSTOMERS
from benchmarks.report import note, pair, percentile

GOAL, PRETIX = 24.0, 2.4
"""Bookings a second that have to be reached here, and what pretix once reached; `benchmarks.pretix` runs both."""


def run(*, quick: bool = False) -> None:
    """Prints bookings_web."""
    with house.running() as servers, ExitStack() as stack:
        ours = portal.open_side(servers, stack)
        ours.book(2)  # the first ones are only to warm up
        turn = ours.book(2 if quick else 15)
    cost = turn.cost.cpu_per(turn.bookings)
    note(f"bookings_web: {turn.bookings} bookings by {CUSTOMERS} customers at once; {cost} each")
    note(
        f"  from the product's page to «confirmed»: half within {percentile(turn.took, 0.5):.2f} s,"
        f" 95 % within {percentile(turn.took, 0.95):.2f} s; pretix made {PRETIX} bookings a second"
    )
    pair("bookings_web", turn.rate, "1/s", turn.rate / GOAL, "limit")
