"""What a provider publishes of itself, its metadata and its keys: read at the issuer's own address, kept for a while.

Nothing in it is believed before it is looked at: the issuer must be the one asked, every address one we speak to.
"""

import threading
from collections.abc import Callable
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal.domains.identity.federation.http import Away, GuardedSession, Reach, json_object

METADATA_FOR, KEYS_FOR = 3600.0, 600.0
"""Seconds before they are read anew."""
NEW_KEYS_AFTER = 30.0
"""Seconds between two questions for a key nobody knows: a flood of forged tokens is not one of questions."""
ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint")
NEEDED = ADDRESSES[:3]
KEPT = (
    "authorization_response_iss_parameter_supported",
    "id_token_signing_alg_values_supported",
    "token_endpoint_auth_methods_supported",
)


class Published:
    """One provider's metadata and keys. Safe to share between threads."""

    def __init__(self, issuer: str, reach: Reach, now: Callable[[], float]) -> None:
        self._issuer, self._reach, self._now = issuer, reach, now
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._metadata_until = 0.0
        self._keys: KeySet | None = None
        self._keys_read = 0.0

    def metadata(self) -> dict[str, Any]:
        """The metadata: only the names of this module, only addresses we speak to. Raises Away."""
        with self._lock:
            if self._now() >= self._metadata_until:
                self._metadata = self._read_metadata()
                self._metadata_until = self._now() + METADATA_FOR
            return self._metadata

    def keys(self, *, one_is_missing: bool = False) -> KeySet:
        """The public keys; `one_is_missing` reads them again, if that was not just done. Raises Away."""
        uri = self.metadata()["jwks_uri"]
        with self._lock:
            age = self._now() - self._keys_read
            if self._keys is None or age >= (NEW_KEYS_AFTER if one_is_missing else KEYS_FOR):
                self._keys_read = self._now()
                self._keys = self._read_keys(uri)
            return self._keys

    def _read_metadata(self) -> dict[str, Any]:
        told = self._get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != self._issuer:
            raise Away(f"{self._issuer} says it is {told.get('issuer')!r}")
        found = {name: told[name] for name in KEPT if name in told}
        for name in ADDRESSES:
            if name in NEEDED or told.get(name) is not None:
                found[name] = self._reach.check_url(told.get(name))
        return {"issuer": self._issuer, **found}

    def _read_keys(self, uri: str) -> KeySet:
        told = self._get(uri)
        keys = told.get("keys")
        if not isinstance(keys, list):
            raise Away(f"{uri}: no keys")
        # A shared secret among public keys would be one that everybody knows; a key for encryption signs nothing.
        public = [
            key
            for key in keys
            if isinstance(key, dict) and key.get("kty") in {"RSA", "EC", "OKP"} and key.get("use", "sig") == "sig"
        ]
        try:
            return KeySet.import_key_set({"keys": public})
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise Away(f"{uri}: unreadable keys") from error

    def _get(self, url: str) -> dict[str, Any]:
        with GuardedSession(reach=self._reach) as session:
            return json_object(session.request("GET", url, withhold_token=True))
