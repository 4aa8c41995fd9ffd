"""Secrets at rest: AES-GCM under a key that is derived from SECRET_KEY, bound to the row they belong to."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
"""First byte of everything locked, so that a later key or cipher can be told apart."""
NONCE = 12


class Locked(Exception):
    """The secret was locked under another SECRET_KEY, for another row, or was tampered with."""


class Vault:
    """Locks and opens small secrets. `bound_to` names the owner: a secret copied to another row does not open."""

    def __init__(self, secret_key: str) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"jari: secrets at rest, 1").derive
        self._cipher = AESGCM(derive(secret_key.encode()))

    def lock(self, secret: bytes, *, bound_to: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return VERSION + nonce + self._cipher.encrypt(nonce, secret, VERSION + bound_to)

    def open(self, locked: bytes, *, bound_to: bytes) -> bytes:
        """The secret. Raises Locked."""
        version, nonce, body = locked[:1], locked[1 : 1 + NONCE], locked[1 + NONCE :]
        if version != VERSION:
            raise Locked
        try:
            return self._cipher.decrypt(nonce, body, version + bound_to)
        except (InvalidTag, ValueError) as error:
            raise Locked from error
