"""How patiently the processes wait for the outside world, in seconds."""

from workers.engine import Retry

PROVIDER = Retry(first=1, factor=2, cap=300, park_after=6 * 3600)
"""For calls of the payment provider: an unknown answer is asked for again, at last every five minutes."""

ACCEPTED = 30 * 60
"""A customer was told that the payment is under way; nothing is charged so much later."""
