"""When a mail that could not be sent is tried again, and when it is given up."""

from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)
CLAIM = timedelta(minutes=2)
"""How long a sender has a mail to itself: longer than a slow mail server takes, short enough after a killed sender."""


def pause(attempts: int, pace: float = 1.0) -> timedelta:
    """The wait after the n-th attempt: one minute, two, four … an hour; `pace` stretches it."""
    doublings = min(max(attempts, 1) - 1, 10)
    return min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE) * pace


def given_up(written_at: datetime, now: datetime) -> bool:
    """Whether a mail has been tried for long enough: news that is three days late misleads more than it helps."""
    return now - written_at >= GIVE_UP_AFTER
