"""The queue: Dramatiq on Redis, set up as a doorbell that may ring twice or not at all.

Of Dramatiq's middleware nothing that keeps state is used: retries, results and pipelines would be a second memory
beside PostgreSQL, and Redis may be emptied at any moment. The heartbeat and maintenance figures bring a dead worker's
unheard rings back within seconds rather than minutes; the sweep does not even wait for that. How a worker waits for a
ring stands in listening.py.
"""

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import Callbacks, ShutdownNotifications

from portal.kernel import redis
from workers.listening import ListeningBroker


def make_broker(url: str, *, timeout: float | None = None) -> ListeningBroker:
    """A broker on this Redis. `timeout`: seconds a send may take (a page must not wait for a doorbell)."""
    client = redis.client(url, timeout=timeout or 2.0)
    return ListeningBroker(
        client=client,
        middleware=[Callbacks(), ShutdownNotifications()],
        heartbeat_timeout=15_000,
        maintenance_chance=50_000,
    )


def use(broker: RedisBroker) -> None:
    """Makes it the broker of every actor."""
    dramatiq.set_broker(broker)
