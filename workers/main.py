"""A worker process: `dramatiq workers.main` drives sagas and sends mail; `-Q sagas` or `-Q mail` does one of both."""

import dramatiq

from portal import config, metrics, wiring
from portal.domains import identity, notifications
from portal.kernel import clock, log, sagas
from portal.kernel.db import transaction
from workers import actors
from workers import broker as queue
from workers.doorbell import Doorbell
from workers.engine import SagaPort
from workers.machine import Machine
from workers.parent import end_with_parent
from workers.sagas import book

end_with_parent()
settings = config.current()
log.set_up(pretty=settings.env != "production")
metrics.connect()
wiring.connect(settings)
broker = queue.make_broker(settings.redis_url)
dramatiq.set_broker(broker)
vault = identity.Vault(settings.secret_key)
machine = Machine(settings, book)
machine.make_sure_of_versions()
broker.add_middleware(machine)
sagas.plug(SagaPort(book, Doorbell(broker).ring))


relay = notifications.Relay(
    lambda: transaction(machine.engine),
    addressee=identity.get_person,
    mail_url=settings.mail_url,
    sender=settings.mail_from,
    base_url=settings.base_url,
    sms_url=settings.sms_url or "",
    pace=settings.mail_pace,
    unseal=vault.unseal,
)
TURN = 1.0
"""Seconds for which one hand sends mails before it looks after what else waits; the ticker rings again by then."""


def _deliver() -> None:
    relay.deliver_due(clock.now, seconds=TURN)


actors.declare(broker, heed=machine.driver.heed, deliver=_deliver)
