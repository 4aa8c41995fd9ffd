"""Ringing for a worker: a message that says «look at this», sent after the commit and allowed to be lost."""

from uuid import UUID

from dramatiq import Message
from dramatiq.brokers.redis import RedisBroker

SAGAS = "sagas"
MAIL = "mail"


def ring_for_saga(broker: RedisBroker, saga_id: UUID) -> None:
    """Asks a worker to look at a saga now. Raises redis' errors when Redis does not answer in time."""
    _ring(broker, SAGAS, "advance", saga_id)


def ring_for_mail(broker: RedisBroker, mail_id: UUID) -> None:
    """Asks a worker to send a mail now."""
    _ring(broker, MAIL, "deliver", mail_id)


def _ring(broker: RedisBroker, queue: str, actor: str, row: UUID) -> None:
    broker.declare_queue(queue)
    broker.enqueue(Message(queue_name=queue, actor_name=actor, args=(str(row),), kwargs={}, options={}))
