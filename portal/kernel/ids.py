"""Identifiers: time-ordered ids for rows, and short numbers that people can read to each other."""

import os
import secrets
import time
from uuid import UUID

# Crockford's alphabet without vowels look-alikes: no I, L, O, U, so a number survives being read aloud.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): sorts by creation time, so that indexes grow at one end."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def new_number(prefix: str = "J") -> str:
    """A number for people, such as J-4K7Q-9ZPM: 40 random bits, unique by the database's own constraint."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{prefix}-{body[:4]}-{body[4:]}"
