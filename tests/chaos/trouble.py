"""The blows: what is killed, stopped, emptied and made to fail, drawn from the seed. Belongs to the main thread."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from random import Random

from redis import Redis

from local.provider.faults import CALL_FAULTS, CALLS, WEBHOOK_FAULTS
from tests.chaos.answers import Notes
from tests.chaos.house import LEASE, House, Kept
from tests.chaos.watch import LOST, Watch

BOOT = 8.0
"""Seconds in which a web server that was killed is back, on a busy machine."""


class Trouble:
    """Strikes when told to, one blow at a time."""

    def __init__(self, house: House, notes: Notes, watch: Watch, seed: int) -> None:
        self.house, self.notes, self.watch = house, notes, watch
        self.chance = Random(f"{seed} blows")
        self._paused: list[tuple[float, int]] = []
        self._heal_at: float | None = None
        self._blows: dict[Callable[[], None], int] = {
            self.kill_worker: 30,
            self.kill_web: 8,
            self.kill_ticker: 5,
            self.pause_worker: 6,
            self.empty_redis: 8,
            self.kill_redis: 5,
            self.stop_postgres: 4,
            self.kill_provider: 5,
            self.provider_fault: 40,
            self.lagging_search: 4,
        }

    def strike(self) -> str:
        """Its name."""
        blow = self.chance.choices(list(self._blows), list(self._blows.values()))[0]
        blow()
        return blow.__name__

    def tend(self) -> None:
        """Wakes those whose pause is over, and ends an outage of the provider."""
        now = time.monotonic()
        for until, pid in [one for one in self._paused if one[0] <= now]:
            self._paused.remove((until, pid))
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        if self._heal_at is not None and self._heal_at <= now:
            self._heal_at = None
            self.house.provider.clear_faults()

    def make_peace(self) -> None:
        """Nobody is paused, and nothing is out of order any more."""
        self._paused = [(0.0, pid) for _, pid in self._paused]
        self._heal_at = 0.0
        self.tend()
        self.house.provider.set(search_lag_ms=0)

    def kill_worker(self) -> None:
        """The master, one of its children, or all of it."""
        worker = self.chance.choice(self.house.named("worker"))
        whom = self.chance.choice(("child", "master", "all"))
        pids = worker.pids
        victims = {"child": pids[1:2] or pids, "master": pids[:1], "all": pids}[whom]
        before = self.watch.driven()
        self._kill(f"kill worker {whom}", victims)
        self.watch.disturb()
        self.watch.expect_again(before, "driver killed", LEASE + 3)

    def kill_web(self) -> None:
        web = self.chance.choice(self.house.named("web"))
        self._down(web, web.pids[1:2] if self.chance.random() < 0.5 else web.pids)

    def _down(self, web: Kept, pids: list[int]) -> None:
        self.notes.blow("web killed", time.monotonic(), BOOT)
        self._kill("kill web", pids or web.pids)

    def kill_ticker(self) -> None:
        self._kill("kill ticker", self.house.named("ticker")[0].pids)

    def pause_worker(self) -> None:
        """Longer than its leases last: when it wakes it must not finish what is another's by now."""
        pids = self.chance.choice(self.house.named("worker")).pids
        self.notes.count("pause beyond the lease")
        self.watch.disturb()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
            self._paused.append((time.monotonic() + LEASE + 1 + 2 * self.chance.random(), pid))

    def empty_redis(self) -> None:
        waiting = self.watch.waiting()
        self.notes.blow("redis emptied", time.monotonic())
        client = Redis.from_url(self.house.redis.url, socket_timeout=2)
        client.flushall()
        client.close()
        self.notes.count("redis emptied")
        self.watch.expect_again(waiting, LOST, 3.0)

    def kill_redis(self) -> None:
        begun = time.monotonic()
        self.notes.blow("redis killed", begun, 10)
        self.house.redis.kill()
        time.sleep(self.chance.random())
        self.house.redis.start()
        self.notes.count("kill redis")

    def stop_postgres(self) -> None:
        """At once, as after a crash: what was acknowledged must still be there."""
        self.notes.blow("postgres stopped", time.monotonic(), 15)
        self.watch.disturb()
        with suppress(ProcessLookupError):
            os.kill(self.house.postgres.pid, signal.SIGQUIT)
        self.house.postgres.stop()
        self.house.postgres.start()
        self.watch.disturb()
        self.notes.count("restart postgres")

    def kill_provider(self) -> None:
        self.house.provider.kill()
        time.sleep(0.5 * self.chance.random())
        self.house.provider.start()
        self.notes.count("kill provider")

    def provider_fault(self) -> None:
        if self.chance.random() < 0.25:
            on, fault = "webhook", self.chance.choice(WEBHOOK_FAULTS)
        else:
            on, fault = self.chance.choice(CALLS), self.chance.choice(CALL_FAULTS)
        more = {"seconds": 2.0} if fault.startswith("timeout") or fault in {"slow", "late"} else {}
        if fault == "down":
            self._heal_at = time.monotonic() + 1 + 2 * self.chance.random()
            self.house.provider.fault("*", fault)
        else:
            self.house.provider.fault(on, fault, self.chance.randint(1, 3), **more)
        self.notes.count(f"provider: {fault}")

    def lagging_search(self) -> None:
        """Never longer than what the portal gives it to settle."""
        self.house.provider.set(search_lag_ms=self.chance.choice((0, 500, 1000)))
        self.notes.count("provider: search lags")

    def _kill(self, what: str, pids: list[int]) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.notes.count("processes killed")
        self.notes.count(what)
