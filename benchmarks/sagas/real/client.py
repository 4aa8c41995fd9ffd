"""Who begins our real sagas: the checkout's own transaction, which writes the order and begins its saga."""

from benchmarks.child import obey
from benchmarks.sagas.beginner import begin_all
from benchmarks.sagas.real.checkout import check_out
from portal import config
from portal.kernel import sagas
from portal.kernel.db import make_engine, transaction
from workers import broker as queue
from workers.doorbell import Doorbell
from workers.engine import SagaPort
from workers.sagas import book


def main() -> None:
    """Obeys until its input ends."""
    settings = config.current()
    engine = make_engine(settings.database_url, pool_size=8)
    broker = queue.make_broker(settings.redis_url, timeout=1.0)
    sagas.plug(SagaPort(book, Doorbell(broker).ring))

    def begin(order: tuple[str, str]) -> None:
        with transaction(engine) as tx:
            check_out(tx, *order)

    def do(orders: list[tuple[str, str]], threads: int, every: float = 0.0) -> int:
        return begin_all(begin, orders, threads, every)

    obey(do)


if __name__ == "__main__":
    main()
