"""Identifiers: time-ordered ids for rows, and short numbers that people can read to each other."""

import os
import secrets
import time
from datetime import datetime
from uuid import UUID

# Crockford's alphabet without vowels look-alikes: no I, L, O, U, so a number survives being read aloud.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562, method 3): sorts by creation time, so that indexes grow at one end.

    The twelve bits behind the milliseconds are their fraction: what one process makes in a row sorts in that row.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    random = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | random)


def first_id_at(moment: datetime) -> UUID:
    """No id made at this moment or later sorts before it; for reading only what is older, by the key alone."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def new_number(prefix: str = "J") -> str:
    """A number for people, such as J-4K7Q-9ZPM: 40 random bits, unique by the database's own constraint."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{prefix}-{body[:4]}-{body[4:]}"
