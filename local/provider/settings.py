"""What can be changed while the provider runs, kept in the books so that a restart keeps it."""

import json
from dataclasses import dataclass, fields
from typing import Any

from local.provider.books import Tx


class BadSetting(ValueError):
    """There is no such setting, or it cannot have this value."""


@dataclass(frozen=True)
class Settings:
    """All `_ms` in milliseconds."""

    search_lag_ms: int = 0  # how long a new payment cannot be found by search
    pending_refund_ms: int = 2000  # how long a pending refund waits before it succeeds or fails
    key_retention_ms: int = 24 * 60 * 60 * 1000  # how long an Idempotency-Key is remembered
    webhook_retry_ms: int = 500  # the first pause after a failed delivery; each further one is twice as long
    webhook_url: str | None = None
    toss_webhook_url: str | None = None
    toss_ready_ms: int = 30 * 60 * 1000  # how long a window may stay open
    toss_confirm_ms: int = 10 * 60 * 1000  # how long after it the shop may confirm
    toss_minute_ms: int = 500  # how long a minute lasts between two deliveries of the same webhook


def read(tx: Tx) -> Settings:
    return Settings(**{row["name"]: json.loads(row["value"]) for row in tx.execute("SELECT * FROM settings")})


def change(tx: Tx, changes: dict[str, Any]) -> Settings:
    """Store the changes and return all settings. Raises BadSetting, and then nothing is stored."""
    known = {field.name for field in fields(Settings)}
    for name, value in changes.items():
        if name not in known:
            raise BadSetting(f"no setting {name!r}; there are {', '.join(sorted(known))}")
        if name.endswith("webhook_url"):
            if value is not None and not (isinstance(value, str) and value.startswith(("http://", "https://"))):
                raise BadSetting(f"{name} must be an address or null")
        elif type(value) is not int or value < 0:
            raise BadSetting(f"{name} must be a whole number of milliseconds")
    for name, value in changes.items():
        tx.execute("REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value)))
    return read(tx)
