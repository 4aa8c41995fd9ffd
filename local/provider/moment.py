"""The circumstances of one act: when it happens, on whose request, and under which settings."""

import time
from dataclasses import dataclass

from local.provider.books import Tx
from local.provider.settings import Settings, read


@dataclass(frozen=True)
class Moment:
    """`request` and `key` are those of the API call that caused the act; None when a customer or the clock did."""

    ms: int
    settings: Settings
    public_url: str
    request: str | None = None
    key: str | None = None

    @property
    def seconds(self) -> int:
        return self.ms // 1000


def moment(tx: Tx, public_url: str, request: str | None = None, key: str | None = None) -> Moment:
    return Moment(now_ms(), read(tx), public_url, request, key)


def now_ms() -> int:
    return time.time_ns() // 1_000_000
