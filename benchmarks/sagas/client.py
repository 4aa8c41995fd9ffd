"""Who begins our sagas: one process in the place of the web, one commit and one ring of the doorbell each."""

import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.child import obey
from benchmarks.sagas.table import book
from benchmarks.sagas.writes import order
from portal import config
from portal.kernel.db import make_engine, transaction
from workers import broker as queue
from workers import doorbell
from workers.engine import SagaPort


def main() -> None:
    settings = config.current()
    engine = make_engine(settings.database_url, pool_size=8)
    broker = queue.make_broker(settings.redis_url, timeout=1.0)
    port = SagaPort(book, lambda saga_id: doorbell.ring_for_saga(broker, saga_id))

    def begin(number: int) -> None:
        with transaction(engine) as tx:
            port.begin(tx, "plain", str(number), order(number))

    def do(first: int, count: int, threads: int, every: float = 0.0) -> int:
        """Begins `count` sagas as fast as `threads` can, or one `every` so many seconds."""
        start = time.monotonic()

        def timely(index: int) -> None:
            time.sleep(max(0.0, start + index * every - time.monotonic()))
            begin(first + index)

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(timely, range(count)))
        return count

    obey(do)


if __name__ == "__main__":
    main()
