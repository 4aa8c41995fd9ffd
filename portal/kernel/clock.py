"""The one place that asks what time it is; rules take the answer as an argument."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def zone(name: str) -> ZoneInfo:
    """The named IANA time zone. Raises ZoneInfoNotFoundError for a name nobody knows."""
    return ZoneInfo(name)
