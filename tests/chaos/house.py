"""The portal as it runs for real, in processes that are started again when they die, and what they use."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

import local.mail
import local.postgres
import local.redis
from local.ports import LOOPBACK, free_port
from local.provider import Provider
from portal.kernel.db import make_engine
from tests.chaos.away import Away
from tests.chaos.kept import Kept
from tests.chaos.notes import Notes
from tests.support.database import create_database, migrate
from tests.support.nursery import Nursery
from tests.support.people import SECRET_KEY

ROOT = Path(__file__).resolve().parents[2]
LEASE = 3.0
SHORT = {
    "SAGA_LEASE": str(LEASE),
    "SAGA_SETTLE": "1.5",
    "SAGA_PACE": "0.2",
    "SAGA_RETRY_CAP": "2",
    "SWEEP_EVERY": "0.5",
    "PROVIDER_TIMEOUT": "1.5",
    "PAY_WITHIN_MINUTES": "1",
    "CHECKOUT_WAIT": "1",
    "MAIL_PACE": "0.05",
    "API_CALLS": "1000000 per minute",
}
"""The portal with short patience, so that every delay is met within minutes."""
WEBS = 2


@dataclass
class House:
    """Everything that runs, and where it is found."""

    directory: Path
    notes: Notes
    away: Away
    postgres: local.postgres.Postgres
    redis: local.redis.Redis
    provider: Provider
    mail: local.mail.Mail
    database_url: str
    engine: Engine
    webs: list[tuple[str, str]] = field(default_factory=list)
    """Name and address of each web server."""
    kept: list[Kept] = field(default_factory=list)
    _nursery: Nursery | None = None

    def open(self, *, workers: int) -> None:
        """Starts the portal's own processes: two web servers, some workers, a ticker."""
        self._nursery = Nursery(self.environment, self.directory / "nursery.log")
        for name, url in self.webs:
            command = ["gunicorn", "wsgi:app", "--bind", url.removeprefix("http://"), "--workers", "1"]
            self._keep(name, [*command, "--graceful-timeout", "1", "--log-level", "warning"])
        for number in range(workers):
            self._keep(f"worker-{number}", ["dramatiq", "workers.main", "-p", "1", "-t", "4"], says=b"ready for action")
        self._keep("ticker", ["workers.ticker"], after=3.0)

    def _keep(self, name: str, command: list[str], *, says: bytes = b"", after: float = 0.0) -> None:
        self.away.strike(name)
        environment, log = {**self.environment, "PGAPPNAME": name}, self.directory / f"{name}.log"
        assert self._nursery
        self.kept.append(Kept(name, command, environment, log, self._nursery, says=says, after=after))

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "TZ": "UTC",  # Dramatiq tells local times
            "PYTHONPYCACHEPREFIX": str(ROOT / "var" / "chaos" / "pycache"),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis.url,
            "STRIPE_API_BASE": self.provider.url,
            "MAIL_URL": self.mail.smtp_url,
            "BASE_URL": self.webs[0][1],
            "SECRET_KEY": SECRET_KEY,
            "JARI_PARENT_DEATH": "1",
            "NO_PROXY": LOOPBACK,
            "FRESH_SECONDS": "86400",  # the desk has one token for the whole storm
            **SHORT,
        }

    def up(self, start: str) -> list[Kept]:
        """Those of this kind that do their work just now: to strike the others would prove nothing."""
        return [one for one in self.kept if one.name.startswith(start) and not self.away.now(one.name)]

    def tend(self) -> None:
        """Starts what is gone again; nobody may be gone whom we did not strike."""
        for one in self.kept:
            if not one.process.running:
                if not self.away.now(one.name):
                    self.notes.breaks(f"{one.name} ended by itself, with {one.process.exit_code}")
                    self.away.strike(one.name)
                one.start_again()
            elif self.away.now(one.name) and one.is_up:
                self.away.well(one.name)

    def close(self) -> None:
        for one in reversed(self.kept):
            one.end()
        if self._nursery:
            self._nursery.close()


@contextmanager
def house(directory: Path, notes: Notes, away: Away) -> Iterator[House]:
    """The backing services, ready; everything that was started in it is gone afterwards."""
    webs = [(f"web-{number}", f"http://{LOOPBACK}:{free_port()}") for number in range(WEBS)]
    with ExitStack() as stack:
        postgres = stack.enter_context(local.postgres.running(directory / "postgres", durable=True))
        redis = stack.enter_context(local.redis.running(directory / "redis"))
        provider = Provider(directory / "provider", webhook_url=f"{webs[0][1]}/hooks/stripe")
        provider.start()
        stack.callback(provider.stop)
        mail = stack.enter_context(local.mail.running(directory / "mail"))
        url = create_database(postgres.url, "chaos")
        migrate(url)
        engine = make_engine(url)
        stack.callback(engine.dispose)
        built = House(directory, notes, away, postgres, redis, provider, mail, url, engine, webs)
        stack.callback(built.close)
        yield built
