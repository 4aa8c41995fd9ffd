"""Waiting lists: who stands in line for a full time, and who is offered a place that becomes free.

Owns waiting_entries. Promises: one entry for each person and time; an offer is a real hold, made in one transaction
with its entry and its mail; the first whose party fits is offered a place first, and who books without having waited
goes behind them (the claim itself sees to that); an entry ends in exactly one way.
"""

from portal.domains.waiting.errors import FreeNow, OfferTaken, TooManyEntries
from portal.domains.waiting.joining import join, leave, remove
from portal.domains.waiting.models import Entry
from portal.domains.waiting.offering import offer_next
from portal.domains.waiting.queries import Line, Placed, entries_of, entry_of, get_entry, lines, with_room
from portal.domains.waiting.settling import settle

__all__ = [
    "Entry",
    "FreeNow",
    "Line",
    "OfferTaken",
    "Placed",
    "TooManyEntries",
    "entries_of",
    "entry_of",
    "get_entry",
    "join",
    "leave",
    "lines",
    "offer_next",
    "remove",
    "settle",
    "with_room",
]
