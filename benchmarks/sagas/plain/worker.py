"""The workers: `dramatiq benchmarks.sagas.plain.worker`, as workers.main, with the plain saga in the book."""

import dramatiq

from benchmarks.sagas.plain.table import book
from portal import config
from portal.kernel import log
from workers import actors
from workers import broker as queue
from workers.machine import Machine
from workers.parent import end_with_parent

end_with_parent()
log.set_up(pretty=False)
settings = config.current()
broker = queue.make_broker(settings.redis_url)
dramatiq.set_broker(broker)
machine = Machine(settings, book)
broker.add_middleware(machine)
actors.declare(broker, heed=machine.driver.heed, deliver=lambda: None)
