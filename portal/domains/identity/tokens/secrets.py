"""Secrets that others keep for us: 256 random bits each, of which we keep the hash.

A plain SHA-256 is enough: unlike passwords nobody can guess them, and whoever reads the table cannot use it.
"""

import hashlib
import secrets


def new_secret(kind: str) -> str:
    """A secret that says what it is, so that people and scanners recognize one where it should not be: jari_rt_…"""
    return f"jari_{kind}_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> bytes:
    """What is kept of it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
