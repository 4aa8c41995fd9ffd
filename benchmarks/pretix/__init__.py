"""Bookings through the web beside pretix, which sells tickets: both in one run, in turns.

pretix is a work of others under the AGPL. It stays in its own environment and is spoken to over HTTP, SQL and its own
commands; only `event.py`, which its own shell reads, names anything of it.
"""
