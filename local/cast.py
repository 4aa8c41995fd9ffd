"""Who plays in the demo: the services, their commands and how they are found."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg

from local.idp import house
from local.mail import Mail
from local.memory import Memory
from local.ports import LOOPBACK
from local.postgres import Postgres
from local.postgres_binaries import find_binaries, server_user
from local.probe import answers
from local.redis import Redis, find_server
from local.service import Service
from local.sms import Telephone

DATABASE = "jari"
WEBHOOK_SECRET = "whsec_local"  # noqa: S105  # of a payment company that exists on this machine only


class Backing:
    """What the portal stands on. A URL in the environment takes the place of our own server."""

    def __init__(self, var: Path, memory: Memory, portal: str) -> None:
        self.services: list[Service] = []
        self._own_database = "DATABASE_URL" not in os.environ
        self._postgres = Postgres(var / "postgres", port=memory.port("postgres") if self._own_database else 0)
        self.redis_url = os.environ.get("REDIS_URL", "")
        self.provider_url = f"http://{LOOPBACK}:{memory.port('provider')}"
        self.mail = Mail(var / "mail", port=memory.port("mail"), smtp_port=memory.port("smtp"))
        self.telephone = Telephone(var / "telephone", port=memory.port("telephone"))
        if self._own_database:
            find_binaries(server_user(self._postgres.data))  # says what helps before anything has started
            self.services.append(self._database())
        if not self.redis_url:
            find_server()  # the same
            redis = Redis(var / "redis")
            self.redis_url = redis.url
            command = _module("local.redis", "--data", redis.directory)
            self.services.append(Service("redis", command, redis.is_ready, quiet=True))
        self.services.append(self._provider(var, f"{portal}/hooks"))
        self.services.append(self._mail())
        self.services.append(self._telephone())
        self._idp_port, self._idp_secret = memory.port("idp"), memory.secret("idp-secret")
        self.services.append(self._idp(var, portal))

    @property
    def database_url(self) -> str:
        """Known once the database is ready: its password is made at its first start."""
        own = self._postgres.url.rpartition("/")[0] + f"/{DATABASE}" if self._own_database else ""
        return own or os.environ["DATABASE_URL"]

    def create_database(self) -> None:
        """Ours, if it is not there yet."""
        if self._own_database:
            with psycopg.connect(self._postgres.url, autocommit=True) as connection:
                known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
                if known is None:
                    connection.execute(f"CREATE DATABASE {DATABASE}")

    def _database(self) -> Service:
        server = self._postgres

        def ready() -> bool:
            try:
                psycopg.connect(server.url, connect_timeout=2).close()
            except (OSError, psycopg.OperationalError):
                return False
            return True

        command = _module("local.postgres", "--data", server.directory, "--port", str(server.port))
        fast = signal.SIGINT  # its word for: do not wait for clients, but end in order
        return Service("postgres", command, ready, stop_signal=fast, death_signal=fast, quiet=True)

    def _provider(self, var: Path, hooks: str) -> Service:
        port = self.provider_url.rpartition(":")[2]
        command = _module("local.provider", "--data", var / "provider", "--port", port)
        command += ["--webhook-url", f"{hooks}/stripe", "--webhook-secret", WEBHOOK_SECRET]
        command += ["--toss-webhook-url", f"{hooks}/toss"]
        return Service("provider", command, answers(f"{self.provider_url}/_control/faults"))

    @property
    def idp_settings(self) -> dict[str, str]:
        """What the portal has to know of the provider people may sign in with."""
        return house.settings_for(self._idp_port, self._idp_secret)

    @property
    def idp_url(self) -> str:
        return house.issuer(self._idp_port)

    def _idp(self, var: Path, portal: str) -> Service:
        # Ready at once: the first time it installs itself, and nothing waits for that.
        command = _module("local.idp", "--data", var / "idp", "--port", str(self._idp_port), "--portal", portal)
        return Service("idp", command, environment={**os.environ, "IDP_SECRET": self._idp_secret})

    def _mail(self) -> Service:
        page, smtp = (str(port) for port in self.mail.ports)
        command = _module("local.mail", "--data", self.mail.directory, "--port", page, "--smtp-port", smtp)
        return Service("mail", command, answers(f"{self.mail.url}/last"))

    def _telephone(self) -> Service:
        command = _module("local.sms", "--data", self.telephone.directory, "--port", str(self.telephone.port))
        return Service("telephone", command, answers(f"{self.telephone.url}/messages.json"))


def portal_services(url: str, environment: Mapping[str, str], *, dev: bool) -> list[Service]:
    """Web, workers, ticker."""
    port = url.rpartition(":")[2]
    if dev:
        web = _module("flask", "--app", "wsgi", "run", "--debug", "--host", LOOPBACK, "--port", port)
    else:
        web = _module("gunicorn", "wsgi:app", "--bind", f"{LOOPBACK}:{port}")
        web += ["--graceful-timeout", "2", "--log-level", "warning"]
    worker = _module("dramatiq", "workers.main", "--processes", "2", "--threads", "4")
    ticker = _module("workers.ticker")
    gentle = signal.SIGTERM  # they have children of their own to end
    return [
        Service("web", web, answers(f"{url}/healthz"), environment, death_signal=gentle),
        Service("worker", worker, environment=environment, death_signal=gentle),
        Service("ticker", ticker, environment=environment),
    ]


def _module(name: str, *arguments: str | Path) -> list[str | Path]:
    return [sys.executable, "-m", name, *arguments]
