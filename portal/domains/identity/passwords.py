"""Passwords as argon2id: hashing, checking, and the same effort for an address nobody has.

A check costs 19 MiB and 30 ms of one core on purpose. Only half as many run at once as there are cores, so that a
flood of sign-ins waits for itself and never starves those who book.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.domains.identity.rules import LONGEST, as_typed

# OWASP's parameters for a server that checks many at once: 19 MiB and two passes, about 30 ms.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
AT_ONCE = max(1, (os.cpu_count() or 1) // 2)
"""Passwords checked at the same moment."""
TURNS = BoundedSemaphore(AT_ONCE)
PATIENCE = 10.0
"""Seconds somebody waits for their turn before they are told to come back."""


class TooBusy(Exception):
    """So many passwords are being checked that this one was not."""


def hashed(password: str) -> str:
    """The password as an argon2id hash with its parameters and salt. Raises TooBusy."""
    with _turn():
        return HASHER.hash(as_typed(password))


def matches(password: str, kept: str | None) -> bool:
    """Whether `password` is the one kept. With nothing kept it takes as long, and is never right. Raises TooBusy."""
    typed = as_typed(password)
    try:
        with _turn():
            right = HASHER.verify(kept or _nobodys(), typed)
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None and len(typed) <= LONGEST


def outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


def equal_effort() -> None:
    """As long as a check takes, for an answer whose time must not tell what was found. Raises TooBusy."""
    matches("nobody's", None)


@contextmanager
def _turn() -> Iterator[None]:
    if not TURNS.acquire(timeout=PATIENCE):
        raise TooBusy
    try:
        yield
    finally:
        TURNS.release()


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return HASHER.hash("the password of no account")
