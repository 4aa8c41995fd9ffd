"""Processes that take places through the domain's front door: many different ones, or all the same one."""

import gc
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from uuid import UUID

import portal.tables  # noqa: F401  # the tables name each other, so all have to be known
from benchmarks.bookings.place import ACCOUNTS, start_of
from benchmarks.child import obey
from portal.domains import reservations
from portal.kernel import clock
from portal.kernel.db import make_engine, transaction
from portal.kernel.errors import Fact

CONNECTIONS = 10
"""As many as a web server has."""


def main() -> None:
    """Obeys until its input ends."""
    engine = make_engine(os.environ["DATABASE_URL"], pool_size=CONNECTIONS)
    gc.freeze()  # as a web server does

    def take(product_id: UUID, account: int, start: datetime) -> str:
        try:
            with transaction(engine) as tx:
                reservations.hold(
                    tx,
                    account_id=UUID(int=account),
                    product_id=product_id,
                    starts_at=start,
                    now=clock.now(),
                    minutes=15,
                )
        except Fact as fact:
            return type(fact).__name__
        return "held"

    def do(product: str, first: int, count: int, threads: int, accounts: int, crowd: bool = False) -> dict[str, object]:
        """`crowd`: everybody wants the place `first`, all at one moment; else places are taken one after the other."""
        product_id, here = UUID(product), Barrier(threads if crowd else 1)

        def one(number: int) -> tuple[str, float]:
            if crowd:
                here.wait()
            begun = time.perf_counter()
            start = start_of(first if crowd else first + number)
            said = take(product_id, 1 + (accounts + number) % ACCOUNTS, start)
            return said, time.perf_counter() - begun

        with ThreadPoolExecutor(threads) as pool:
            told = list(pool.map(one, range(count)))
        return {"said": [said for said, _ in told], "seconds": [seconds for _, seconds in told]}

    obey(do)


if __name__ == "__main__":
    main()
