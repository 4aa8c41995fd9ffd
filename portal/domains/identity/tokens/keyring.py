"""The public keys as one process knows them, so that checking a token asks no database."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from joserfc.jwk import ECKey, Key, KeySet

KNOWN_FOR = 300.0
"""Seconds after which the keys are read again; also how long others may keep our JWKS."""
PATIENCE = 5.0
"""Seconds between two readings for the sake of a key nobody knows: made-up kids must not keep the database busy."""


class KeyRing:
    """Holds what `read` gave, for KNOWN_FOR seconds or until a token names a key that is not on it."""

    def __init__(
        self, read: Callable[[], Iterable[Mapping[str, Any]]], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._clock = clock
        self._read_at: float | None = None
        self._kids: set[str] = set()
        self.keys = KeySet([])

    def knows(self, kid: object) -> bool:
        """Whether the key is on the ring by now; one nobody knew is looked for, not more often than PATIENCE allows."""
        if not isinstance(kid, str):
            return False
        age = None if self._read_at is None else self._clock() - self._read_at
        if age is None or age >= KNOWN_FOR or not self._kids or (kid not in self._kids and age >= PATIENCE):
            self._read_again()
        return kid in self._kids

    def forget(self) -> None:
        """Reads again when it is asked next."""
        self._read_at = None

    def _read_again(self) -> None:
        keys: list[Key] = [ECKey.import_key(dict(key)) for key in self._read()]
        self.keys, self._kids = KeySet(keys), {str(key.kid) for key in keys}
        self._read_at = self._clock()
