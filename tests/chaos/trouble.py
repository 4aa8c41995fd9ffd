"""The blows against our own house: what is killed, paused, emptied and cut. Belongs to the main thread."""

import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from random import Random

from redis import Redis

from portal.domains import reservations
from portal.kernel.db import transaction
from tests.chaos import witness
from tests.chaos.away import CONNECTIONS, POSTGRES, REDIS, RINGS
from tests.chaos.house import LEASE
from tests.chaos.kept import Kept
from tests.chaos.trial import Trial

BLOWS: Mapping[str, int] = {
    "kill_worker": 4,
    "kill_web": 2,
    "kill_ticker": 1,
    "kill_provider": 1,
    "kill_redis": 1,
    "empty_redis": 1,
    "stop_postgres": 1,
    "pause_worker": 2,
    "cut_connections": 1,
    "let_holds_run_out": 1,
}
"""How often each has its turn in a round."""


class Trouble:
    """Strikes when told to, one blow at a time, and only whom it hurts."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.house, self.notes, self.away = trial, trial.house, trial.notes, trial.away
        self.chance = Random(f"{trial.seed} victims")
        self.struck: set[str] = set()
        self._paused: list[tuple[float, Kept]] = []
        self._cut_until: float | None = None

    def strike(self, blow: str) -> bool:
        """False if there is nobody to strike just now, because they lie low already."""
        done = bool(getattr(self, blow)())
        if done:
            self.struck.add(blow)
        return done

    @property
    def missed(self) -> set[str]:
        """The kinds of blows that have not fallen yet."""
        return set(BLOWS) - self.struck

    def tend(self) -> None:
        """Wakes those whose pause is over, and lets connections live again."""
        now = time.monotonic()
        for until, worker in [one for one in self._paused if one[0] <= now]:
            self._paused.remove((until, worker))
            worker.go_on()
        if self._cut_until is not None and self._cut_until <= now and witness.cut(self.house.database_url, 0):
            self._cut_until = None
            self.away.well(CONNECTIONS)

    def make_peace(self) -> None:
        """Nobody is paused, and nothing is cut any more."""
        self._paused = [(0.0, worker) for _, worker in self._paused]
        self._cut_until = 0.0 if self._cut_until is not None else None
        self.tend()

    def kill_worker(self) -> bool:
        """The master, one of its children, or all of it."""
        return self._kill_one("worker", self.chance.choice(("child", "master", "all")))

    def kill_web(self) -> bool:
        """Another one answers meanwhile."""
        return len(self.house.up("web")) > 1 and self._kill_one("web", self.chance.choice(("child", "all")))

    def kill_ticker(self) -> bool:
        return self._kill_one("ticker", "all")

    def _kill_one(self, kind: str, whom: str) -> bool:
        up = self.house.up(kind)
        if not up:
            return False
        one = self.chance.choice(up)
        pids = one.pids
        victims = {"child": pids[1:2] or pids, "master": pids[:1], "all": pids}[whom]
        self.away.strike(one.name)
        self.notes.count("processes killed", one.kill(victims))
        self._killed(f"{kind}, {whom}" if kind != "ticker" else kind)
        return True

    def pause_worker(self) -> bool:
        """Longer than its leases last, most likely amid a call: when it wakes, its sagas are somebody else's."""
        up = self.house.up("worker")
        if not up:
            return False
        for call in ("confirm", "refund"):
            self.house.provider.fault(call, "slow", 4, seconds=1.0)
        time.sleep(0.4)
        worker = self.chance.choice(up)
        self.away.strike(worker.name)
        worker.pause()
        self._paused.append((time.monotonic() + LEASE + 1 + 2 * self.chance.random(), worker))
        self.notes.count("pauses beyond the lease")
        return True

    def empty_redis(self) -> bool:
        self.away.strike(RINGS)
        client = Redis.from_url(self.house.redis.url, socket_timeout=2)
        client.flushall()
        client.close()
        self.away.well(RINGS)
        self.notes.count("Redis emptied")
        return True

    def kill_redis(self) -> bool:
        self.away.strike(REDIS)
        self.house.redis.kill()
        time.sleep(self.chance.random())
        self.house.redis.start()
        self.away.well(REDIS)
        self._killed("Redis")
        return True

    def stop_postgres(self) -> bool:
        """At once, as after a crash: what was acknowledged must still be there."""
        self.away.strike(POSTGRES)
        if self.chance.random() < 0.5:
            self.house.postgres.kill()
            self._killed("PostgreSQL")
        else:
            with suppress(ProcessLookupError):
                os.kill(self.house.postgres.pid, signal.SIGQUIT)
            self.house.postgres.stop()
            self.notes.count("immediate stops of PostgreSQL")
        self.house.postgres.start()
        self.away.well(POSTGRES)
        return True

    def kill_provider(self) -> bool:
        self.house.provider.kill()
        time.sleep(0.5 * self.chance.random())
        self.house.provider.start()
        self._killed("the provider")
        return True

    def cut_connections(self) -> bool:
        """For two seconds, one line of the sagas' log in twenty costs its writer the connection, before the commit."""
        self.away.strike(CONNECTIONS)
        self._cut_until = time.monotonic() + 2
        self.notes.count("seconds in which connections were cut", 2)
        return witness.cut(self.house.database_url, 20)

    def let_holds_run_out(self) -> bool:
        """As if a quarter of an hour had passed: holds end, and are tidied away; what an order has stays with it."""
        if not witness.age_holds(self.house.database_url):
            return False
        with transaction(self.house.engine) as tx:
            self.notes.count("holds that ran out", reservations.release_expired(tx, limit=10_000))
        return True

    def _killed(self, whom: str) -> None:
        self.notes.count("kills")
        self.notes.count(f"kills: {whom}")
