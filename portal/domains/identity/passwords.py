"""Passwords as argon2id: hashing, checking, and the same effort for an address nobody has."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.domains.identity.rules import LONGEST, as_typed

# OWASP's parameters for a server that checks many at once: 19 MiB and two passes, about 30 ms.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """The password as an argon2id hash with its parameters and salt."""
    return HASHER.hash(as_typed(password))


def matches(password: str, kept: str | None) -> bool:
    """Whether `password` is the one kept. With nothing kept it takes as long, and is never right."""
    typed = as_typed(password)
    try:
        right = HASHER.verify(kept or _nobodys(), typed)
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None and len(typed) <= LONGEST


def outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return HASHER.hash("the password of no account")
