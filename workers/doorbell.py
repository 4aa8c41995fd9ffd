"""Ringing for a worker: a message that says «look at this», sent after the commit and allowed to be lost."""

import threading
import time
from uuid import UUID

from dramatiq import Message
from dramatiq.brokers.redis import RedisBroker

from portal.kernel import log

SAGAS = "sagas"
MAIL = "mail"


class Doorbell:
    """Rings for the sagas of this process. In a rush not for each: whoever hears a ring drives all that is due.

    Each saga has a ring of its own while no more than `rate` begin a second, `burst` at once; beyond, rings come at
    that rate, the last of them after the last saga. A message costs a worker about as much as a third of a saga.
    """

    def __init__(self, broker: RedisBroker, *, rate: float = 100.0, burst: int = 16) -> None:
        self._broker = broker
        self._pause = 1 / rate
        self._burst = burst
        self._full_at = 0.0
        """When all rings of a burst may be used again; each ring puts it off by a pause."""
        self._latest: UUID | None = None
        """Somebody is about to ring, for this one."""
        self._lock = threading.Lock()

    def ring(self, saga_id: UUID) -> None:
        """Asks a worker to look at this saga now, or a moment later. Raises redis' errors when Redis is away."""
        with self._lock:
            waits, self._latest = self._latest is not None, saga_id
            if waits:
                return
            now = time.monotonic()
            self._full_at = max(self._full_at, now) + self._pause
            wait = self._full_at - now - self._burst * self._pause
            at_once = wait < 0.001  # not by a rounding error later
            if at_once:
                self._latest = None
        if at_once:
            ring_for_saga(self._broker, saga_id)
        else:
            late = threading.Timer(wait, self._ring_late)
            late.daemon = True
            late.start()

    def _ring_late(self) -> None:
        with self._lock:
            latest, self._latest = self._latest, None
        try:
            if latest:
                ring_for_saga(self._broker, latest)
        except Exception as error:  # the sweep finds them without a ring
            log.get("engine").warning("doorbell not heard", saga=str(latest), error=str(error))


def ring_for_saga(broker: RedisBroker, saga_id: UUID) -> None:
    """Asks a worker to look at a saga now. Raises redis' errors when Redis does not answer in time."""
    _ring(broker, SAGAS, "advance", str(saga_id))


def ring_for_mail(broker: RedisBroker) -> None:
    """Asks a worker to send what is due."""
    _ring(broker, MAIL, "deliver")


def _ring(broker: RedisBroker, queue: str, actor: str, *about: str) -> None:
    broker.declare_queue(queue)
    broker.enqueue(Message(queue_name=queue, actor_name=actor, args=about, kwargs={}, options={}))
