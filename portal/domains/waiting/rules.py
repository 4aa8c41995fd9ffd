"""How long an offer lasts. Pure."""

from datetime import datetime, timedelta

SHORTEST = timedelta(minutes=5)
"""An offer that ends sooner would be over before its mail is read."""


def offer_minutes(now: datetime, starts_at: datetime, *, minutes: int, before: int) -> int | None:
    """For how long a place is offered: `minutes`, but until `before` minutes before it begins at the latest. None if
    too little of that is left."""
    left = starts_at - timedelta(minutes=before) - now
    lasting = min(timedelta(minutes=minutes), left)
    return None if lasting < SHORTEST else int(lasting.total_seconds()) // 60
