"""The whole portal as child processes on free ports, with the sample world in it: what a browser test visits."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
from redis import Redis
from sqlalchemy import Engine, text

import local.mail
import local.postgres
import local.provider
import local.redis
import local.sms
from local.memory import new_totp_secret
from local.ports import LOOPBACK, free_port
from local.probe import answers
from local.process import Process
from portal.domains import points as ledger
from portal.kernel.db import make_engine, transaction
from tests.support import people
from tests.support.database import create_database, migrate

ROOT = Path(__file__).resolve().parents[2]
WEBHOOK_SECRET = "whsec_local"
SECRET_KEY = "a secret key that is only good for browser tests"


@dataclass(frozen=True)
class House:
    """Where everything is."""

    url: str
    redis_url: str
    provider: local.provider.Provider
    mail: local.mail.Mail
    telephone: local.sms.Telephone
    engine: Engine
    totp_secret: str

    def code(self) -> str:
        """The second factor of staff at this moment."""
        return pyotp.TOTP(self.totp_secret).now()

    def payments(self, number: str) -> list[dict[str, Any]]:
        """What the provider's own books say was charged for this order."""
        known = self.provider.books()["payments"]
        return [paid for paid in known if paid["metadata"].get("order") == number and paid["amount_received"]]

    def newcomer(self, points: int = 0) -> str:
        """The address of a customer nobody else uses, with points to spend; the password is `people.PASSWORD`."""
        person = people.customer(self.engine)
        if points:
            with transaction(self.engine) as tx:
                ledger.grant(tx, f"journey:{person.id}", person.id, points, "For a journey")
        return person.email

    def with_app(self, *roles: str) -> tuple[str, str]:
        """The address of somebody nobody else uses, with these roles and an authenticator app, and the app's secret."""
        person = people.without_factor(self.engine, *roles)
        return person.email, people.with_totp(self.engine, person, SECRET_KEY)[1]

    def long_ago(self, email: str) -> None:
        """Whatever this person confirmed was long ago; the house lets a confirmation count for a day."""
        with transaction(self.engine) as tx:
            account = tx.scalar(text("SELECT id FROM accounts WHERE email = :email"), {"email": email})
        redis: Any = Redis.from_url(self.redis_url)
        for key in redis.zrange(f"jari:sessions:{account}", 0, -1):
            stored = json.loads(redis.get(key))
            stored["data"]["fresh"] = {"account": 0.0}
            redis.set(key, json.dumps(stored), keepttl=True)


@contextmanager
def house(directory: Path, more: Mapping[str, str] | None = None) -> Iterator[House]:
    """The house, ready for visitors; every process it started is gone afterwards. `more`: settings of its own."""
    url = f"http://{LOOPBACK}:{free_port()}"
    with ExitStack() as stack:
        keep = stack.enter_context
        postgres = keep(local.postgres.running(directory / "postgres", durable=False))
        redis = keep(local.redis.running(directory / "redis"))
        mail = keep(local.mail.running(directory / "mail"))
        telephone = keep(local.sms.running(directory / "telephone"))
        provider = keep(
            local.provider.running(
                directory / "provider", webhook_url=f"{url}/hooks/stripe", webhook_secret=WEBHOOK_SECRET
            )
        )
        database_url = create_database(postgres.url, "journeys")
        secret = new_totp_secret()
        environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis.url,
            "SECRET_KEY": SECRET_KEY,
            "BASE_URL": url,
            "STRIPE_API_BASE": provider.url,
            "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "MAIL_URL": mail.smtp_url,
            "FRESH_SECONDS": "86400",  # staff sign in once for all journeys; a journey of its own tries confirming
            "SMS_URL": telephone.sms_url,
            "SIGN_UPS_PER_ADDRESS": "1000 per hour",
            "JARI_DEMO_TOTP_SECRET": secret,
            "JARI_PARENT_DEATH": "1",
            "NO_PROXY": f"{LOOPBACK},localhost",
            "no_proxy": f"{LOOPBACK},localhost",
            **(more or {}),
        }
        if environment.pop("PYTHONDONTWRITEBYTECODE", None):
            # Compiling the portal anew costs each process seconds; the wish is kept where it matters, in the folders.
            environment["PYTHONPYCACHEPREFIX"] = str(directory / "pycache")
        migrate(database_url)
        for name, command in _commands(url).items():
            _start(stack, name, command, environment, directory)
        _seed(environment)  # while they start: nobody has to wait for both
        wait_for(answers(f"{url}/readyz"), 60, f"the portal does not get ready; its logs are in {directory}")
        engine = make_engine(database_url, pool_size=2)
        stack.callback(engine.dispose)
        yield House(url, redis.url, provider, mail, telephone, engine, secret)


def wait_for(what: Callable[[], Any], seconds: float, complaint: str) -> Any:
    """What `what()` answers once that is true. Raises TimeoutError with the complaint."""
    end = time.monotonic() + seconds
    while not (answer := what()):
        if time.monotonic() > end:
            raise TimeoutError(complaint)
        time.sleep(0.05)
    return answer


def _seed(environment: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "seed"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"the sample world was not built:\n{done.stdout}{done.stderr}"


def _commands(url: str) -> dict[str, list[str]]:
    web = ["gunicorn", "wsgi:app", "--bind", url.removeprefix("http://"), "--workers", "1", "--graceful-timeout", "1"]
    worker = ["dramatiq", "workers.main", "-p", "1", "-t", "4"]
    return {"web": web, "worker": worker, "ticker": ["workers.ticker"]}


def _start(stack: ExitStack, name: str, command: list[str], environment: Mapping[str, str], directory: Path) -> None:
    with (directory / f"{name}.log").open("wb") as log:
        process = Process(
            [sys.executable, "-m", *command],
            environment=environment,
            directory=ROOT,
            output=log.fileno(),
            death_signal=signal.SIGTERM if name != "ticker" else signal.SIGKILL,
        )
    stack.callback(process.stop)
