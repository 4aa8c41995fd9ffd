"""Who begins our plain sagas: one commit and one ring of the doorbell each."""

from benchmarks.child import obey
from benchmarks.sagas.beginner import begin_all
from benchmarks.sagas.plain.table import book
from benchmarks.sagas.plain.writes import order
from portal import config
from portal.kernel.db import make_engine, transaction
from workers import broker as queue
from workers.doorbell import Doorbell
from workers.engine import SagaPort


def main() -> None:
    """Obeys until its input ends."""
    settings = config.current()
    engine = make_engine(settings.database_url, pool_size=8)
    broker = queue.make_broker(settings.redis_url, timeout=1.0)
    port = SagaPort(book, Doorbell(broker).ring)

    def begin(number: int) -> None:
        with transaction(engine) as tx:
            port.begin(tx, "plain", str(number), order(number))

    def do(first: int, count: int, threads: int, every: float = 0.0) -> int:
        return begin_all(begin, range(first, first + count), threads, every)

    obey(do)


if __name__ == "__main__":
    main()
