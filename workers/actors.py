"""What the queues call: one call each. A ring says that something is due; what, the database knows."""

from collections.abc import Callable

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from workers.doorbell import MAIL, SAGAS


def declare(broker: RedisBroker, *, heed: Callable[[], object], deliver: Callable[[], object]) -> None:
    """Registers the actors with the broker of this worker process."""

    @dramatiq.actor(actor_name="advance", queue_name=SAGAS, broker=broker)
    def _advance(_saga_id: str) -> None:  # who rang; whoever hears it looks after all that is due
        heed()

    @dramatiq.actor(actor_name="deliver", queue_name=MAIL, broker=broker)
    def _deliver() -> None:
        deliver()
