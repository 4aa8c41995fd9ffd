"""Secrets at rest: AES-GCM under a key that is derived from SECRET_KEY, bound to the row they belong to."""

import base64
import json
import os
from collections.abc import Mapping
from typing import Any
from uuid import UUID

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

    def seal(self, account_id: UUID, what: Mapping[str, Any]) -> str:
        """What may lie in a row of the queue of mails without being read there, for `unseal` alone."""
        locked = self.lock(json.dumps(what).encode(), bound_to=b"mail" + account_id.bytes)
        return base64.b64encode(locked).decode()

    def unseal(self, account_id: UUID, sealed: str) -> dict[str, Any]:
        """What was sealed for a mail to this account. Raises Locked."""
        opened: dict[str, Any] = json.loads(self.open(base64.b64decode(sealed), bound_to=b"mail" + account_id.bytes))
        return opened
