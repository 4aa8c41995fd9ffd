"""How a worker hears a ring: Redis is asked once and answers when there is one, instead of ten times a second.

Dramatiq asks again and again, after pauses that grow to its time-out; an idle worker of two queues did so forty times a
second, and a ring that came meanwhile waited for the end of a pause. BLMOVE from the head of a list to its head changes
nothing and returns as soon as the list has something: whoever waits is woken, and then fetches as Dramatiq does.
"""

import time
from typing import Any

import redis
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.errors import ConnectionClosed

HANDS_FULL = 0.05
"""Seconds until somebody who has as much as they can carry looks whether some of it is done."""


class Listener(_RedisConsumer):
    """Fetches from one queue when there is something to fetch, and looks up every `timeout` milliseconds anyway: that
    is the sign of life by which the broker knows who still has what."""

    def __init__(self, broker: RedisBroker, queue_name: str, prefetch: int, timeout: int) -> None:
        super().__init__(broker, queue_name, prefetch, timeout=0)  # it never sleeps over a fetch that found nothing
        self._list = f"{broker.namespace}:{queue_name}"
        self._longest = timeout / 1000

    def __next__(self) -> Any:
        if not self.message_cache:
            if self.outstanding_message_count < self.prefetch:
                self._listen()
            else:
                time.sleep(HANDS_FULL)
        return super().__next__()

    def _listen(self) -> None:
        """Returns when the queue has something, or after a while."""
        try:
            self.broker.client.blmove(self._list, self._list, self._longest, "LEFT", "LEFT")
        except redis.ConnectionError as error:
            raise ConnectionClosed(error) from None


class ListeningBroker(RedisBroker):
    """Dramatiq's broker for queues of rings: its consumers listen, and there are none for queues of delayed messages,
    because no ring is ever delayed."""

    @property
    def consumer_class(self) -> type[Listener]:
        return Listener

    def get_declared_delay_queues(self) -> set[str]:
        return set()
