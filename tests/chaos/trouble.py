"""The blows against our own house: what is killed, paused, emptied and cut. Belongs to the main thread."""

import os
import signal
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from random import Random
from typing import NamedTuple
from uuid import UUID

from redis import Redis

from portal.domains import reservations
from portal.kernel.db import transaction
from tests.chaos import witness
from tests.chaos.away import CONNECTIONS, POSTGRES, REDIS, RINGS
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
CUTS, CUT_FOR = 6, 8.0
"""So many connections are cut at a time, or as many as come by in so many seconds."""


WAKING = {"kill_worker", "kill_provider", "stop_postgres", "cut_connections"}
"""What would take a sleeper's saga, or the answer in its hands, before it wakes and finds it in another's."""
LONGEST_PAUSE = 12.0


class Pause(NamedTuple):
    """A worker sleeps until then, or until others have taken all of these sagas at these epochs."""

    worker: Kept
    until: float
    taken: Mapping[UUID, int]


class Cut(NamedTuple):
    """Connections are cut until then, or until so many have been cut since the trial began."""

    until: float
    most: int


class Trouble:
    """Strikes when told to, one blow at a time, and only whom it hurts."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.house, self.notes, self.away = trial, trial.house, trial.notes, trial.away
        self.chance = Random(f"{trial.seed} victims")
        self.struck: set[str] = set()
        self._paused: list[Pause] = []
        self._cut: Cut | None = None

    def strike(self, blow: str) -> bool:
        """False if it must wait: there is nobody to strike, because they lie low, or a sleeper would sleep in vain."""
        done = not (self._paused and blow in WAKING) and bool(getattr(self, blow)())
        if done:
            self.struck.add(blow)
        return done

    @property
    def missed(self) -> set[str]:
        """The kinds of blows that have not fallen yet."""
        return set(BLOWS) - self.struck

    @property
    def lasts(self) -> bool:
        """A blow is not over yet."""
        return bool(self._paused or self._cut)

    def tend(self) -> None:
        """Wakes those whose pause is over, and lets connections live again."""
        now = time.monotonic()
        for pause in list(self._paused):
            if pause.until <= now or witness.all_taken(self.house.database_url, pause.taken):
                self._paused.remove(pause)
                pause.worker.go_on()
        if self._cut and (self._cut.until <= now or witness.cuts(self.house.database_url) >= self._cut.most):
            witness.cut(self.house.database_url, 0)
            self._cut = None
            self.away.well(CONNECTIONS)

    def make_peace(self) -> None:
        """Nobody is paused, and nothing is cut any more."""
        self._paused = [pause._replace(until=0.0) for pause in self._paused]
        self._cut = Cut(0.0, 0) if self._cut else None
        self.tend()

    def kill_worker(self) -> bool:
        """The master, one of its children, or all of it; others go on with what it had."""
        return len(self.house.up("worker")) > 1 and self._kill_one(
            "worker", self.chance.choice(("child", "master", "all"))
        )

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
        """One that waits for the provider, for longer than its leases last. Another takes what it had and asks what
        became of it; while that one waits for the answer, it wakes with its own."""
        up = {worker.name: (worker, worker.pids) for worker in self.house.up("worker")}
        calls = self._catch_calling() if len(up) > 1 else {}
        chosen = next((process for process, _ in Counter(calls.values()).most_common() if process in up), None)
        if chosen is None:
            return False
        worker, pids = up[chosen]
        self.away.strike(chosen)
        worker.pause(pids)
        its = dict(call for call, process in calls.items() if process == chosen)
        self._paused.append(Pause(worker, time.monotonic() + LONGEST_PAUSE, its))
        self.notes.count("pauses beyond the lease")
        return True

    def _catch_calling(self) -> Mapping[tuple[UUID, int], str]:
        """Waits until some drivers wait for the provider: their sagas and epochs, and the processes they are in."""
        for call in ("confirm", "refund", "retrieve"):
            self.house.provider.fault(call, "slow", 6, seconds=1.2)
        end = time.monotonic() + 3
        while time.monotonic() < end:
            calls = witness.calling(self.house.database_url)
            if len(calls) > 1:
                return calls
            time.sleep(0.02)
        return {}

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
        """For a while, one line of the sagas' log in twenty costs its writer the connection, before the commit."""
        self.away.strike(CONNECTIONS)
        self._cut = Cut(time.monotonic() + CUT_FOR, witness.cuts(self.house.database_url) + CUTS)
        witness.cut(self.house.database_url, 20)
        return True

    def let_holds_run_out(self) -> bool:
        """As if a quarter of an hour had passed: holds end, and are tidied away; what an order has stays with it."""
        witness.age_holds(self.house.database_url)
        with transaction(self.house.engine) as tx:
            self.notes.count("holds that ran out", reservations.release_expired(tx, limit=10_000))
        return True

    def _killed(self, whom: str) -> None:
        self.notes.count("kills")
        self.notes.count(f"kills: {whom}")
