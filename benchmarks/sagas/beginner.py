"""A client in the place of the web: begins sagas as fast as its threads can, or one every so many seconds."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Order = TypeVar("Order")


def begin_all(begin: Callable[[Order], object], orders: Sequence[Order], threads: int, every: float) -> int:
    """Calls `begin` for each order, on so many threads; with `every`, not before its time. Returns how many."""
    start = time.monotonic()

    def timely(numbered: tuple[int, Order]) -> None:
        number, order = numbered
        time.sleep(max(0.0, start + number * every - time.monotonic()))
        begin(order)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(timely, enumerate(orders)))
    return len(orders)
