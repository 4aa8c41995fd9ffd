"""Redis clients with the patience each use deserves: pages wait briefly, a wake-up hardly at all."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry


def client(url: str, *, timeout: float = 1.0) -> Redis:
    """A client that gives up after `timeout` seconds and never repeats a command by itself.

    A repeated command whose first answer was lost happens twice; whoever may repeat says so in its own code.
    """
    return Redis.from_url(
        url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=Retry(NoBackoff(), 0), decode_responses=False
    )
