"""The portal as it runs for real, in processes that are started again when they die, and what they use."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import local.mail
import local.postgres
import local.redis
from local.ports import LOOPBACK, free_port
from local.process import Process, descendants
from local.provider import Provider
from tests.support.database import create_database, migrate
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
    "API_CALLS": "1000000 per minute",
}
"""The portal with short patience, so that every delay is met within minutes."""


class Kept:
    """A process that is started again when it dies. Belongs to the main thread, which holds its leash."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.name, self._command, self._environment, self._log = name, command, environment, log
        self.started = 0.0
        self.restarts = -1
        self.process: Process
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as out:
            self.process = Process(
                [sys.executable, "-m", *self._command],
                environment=self._environment,
                directory=ROOT,
                output=out.fileno(),
                death_signal=signal.SIGTERM,
            )
        self.started = time.monotonic()
        self.restarts += 1

    def tend(self) -> None:
        """Starts it again if it is gone, after whatever it left behind is gone, too."""
        if not self.process.running:
            self.process.stop(0)
            self.start()

    @property
    def pids(self) -> list[int]:
        """The master and its children, the master first."""
        return [self.process.pid, *descendants(self.process.pid)]

    def end(self) -> None:
        for pid in self.pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self.process.kill()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


@dataclass
class House:
    """Everything that runs, and where it is found."""

    directory: Path
    postgres: local.postgres.Postgres
    redis: local.redis.Redis
    provider: Provider
    mail: local.mail.Mail
    database_url: str
    webs: list[str] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    def open(self) -> None:
        """Starts the portal's own processes: two web servers, two workers, a ticker."""
        for number, url in enumerate(self.webs):
            command = ["gunicorn", "wsgi:app", "--bind", url.removeprefix("http://"), "--worker-class", "gthread"]
            command += ["--workers", "1", "--threads", "8", "--no-control-socket", "--graceful-timeout", "1"]
            self._keep(f"web-{number}", [*command, "--log-level", "warning"])
        for number in range(2):
            self._keep(f"worker-{number}", ["dramatiq", "workers.main", "-p", "1", "-t", "4"])
        self._keep("ticker", ["workers.ticker"])

    def _keep(self, name: str, command: list[str]) -> None:
        self.kept.append(Kept(name, command, self.environment, self.directory / f"{name}.log"))

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "PYTHONPYCACHEPREFIX": str(self.directory / "pycache"),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis.url,
            "STRIPE_API_BASE": self.provider.url,
            "MAIL_URL": self.mail.smtp_url,
            "BASE_URL": self.webs[0],
            "SECRET_KEY": SECRET_KEY,
            "JARI_PARENT_DEATH": "1",
            "NO_PROXY": LOOPBACK,
            **SHORT,
        }

    def named(self, start: str) -> list[Kept]:
        return [one for one in self.kept if one.name.startswith(start)]

    def tend(self) -> None:
        for one in self.kept:
            one.tend()

    def close(self) -> None:
        for one in reversed(self.kept):
            one.end()


@contextmanager
def house(directory: Path) -> Iterator[House]:
    """The backing services, ready; everything that was started in it is gone afterwards."""
    webs = [f"http://{LOOPBACK}:{free_port()}" for _ in range(2)]
    with ExitStack() as stack:
        postgres = stack.enter_context(local.postgres.running(directory / "postgres", durable=True))
        redis = stack.enter_context(local.redis.running(directory / "redis"))
        provider = Provider(directory / "provider", webhook_url=f"{webs[0]}/hooks/stripe")
        provider.start()
        stack.callback(provider.stop)
        mail = stack.enter_context(local.mail.running(directory / "mail"))
        url = create_database(postgres.url, "chaos")
        migrate(url)
        built = House(directory, postgres, redis, provider, mail, url, webs)
        stack.callback(built.close)
        yield built
