"""The whole portal on this machine with a sample world: `python -m local.demo [--port N] [--once] [--dev]`."""

import argparse
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from local.cast import WEBHOOK_SECRET, Backing, portal_services
from local.idp.house import PASSWORD, PEOPLE
from local.memory import Memory, new_totp_secret
from local.ports import LOOPBACK, free_port, is_taken
from local.probe import answers
from local.server import NotStarted
from local.service import Service
from local.supervisor import Stopped, Supervisor
from local.voice import Voice

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var"
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
CUSTOMERS = ("customer@example.com", "customer2@example.com")


def main() -> int:
    options = _options()
    voice = Voice()
    os.chdir(ROOT)
    supervisor = Supervisor(voice)
    with supervisor.listening():
        try:
            demo = Demo(supervisor, voice, options.port, dev=options.dev)
            demo.start()
            healthy = demo.check_itself()
            if options.once:
                return 0 if healthy else 1
            demo.say_where()
            supervisor.watch()
        except NotStarted as reason:
            voice.trouble(str(reason))
            return 1
        except Stopped:
            voice.plain("")
            voice.progress("Stopping …")
            return 130 if options.once else 0
    return 0


class Demo:
    """One run of the demo, from the first server to the last address."""

    def __init__(self, supervisor: Supervisor, voice: Voice, port: int, *, dev: bool) -> None:
        if is_taken(port):
            raise NotStarted(f"Port {port} is taken by another program. Pick one: make demo PORT={free_port()}")
        self._supervisor = supervisor
        self._voice = voice
        self._dev = dev
        self._memory = Memory(VAR)
        self._url = f"http://{LOOPBACK}:{port}"
        self._backing = Backing(VAR, self._memory, self._url)
        self._totp_secret = self._memory.secret("totp", new_totp_secret)
        self._environment: dict[str, str] = {}

    def start(self) -> None:
        """Everything, in order, until a visitor is served. Raises NotStarted with the reason."""
        self._layer(*self._backing.services)
        self._backing.create_database()
        self._environment = self._for_children()
        self._memory.keep(self._facts())
        self._task("migrate", "The database is up to date", [*FLASK, "db", "upgrade"])
        self._task("seed", "The sample world is there", [*FLASK, "demo", "seed"])
        self._layer(*portal_services(self._url, self._environment, dev=self._dev))
        self._supervisor.wait_for("readyz", answers(f"{self._url}/readyz"), within=60)
        if self._supervisor.run("people", [*FLASK, "demo", "live"], self._environment) != 0:
            self._voice.trouble("The sample world has no past and no refund to decide; the lines above say why.")
        self._voice.progress(f"Ready: {self._url}")

    def check_itself(self) -> bool:
        """Books, pays and refunds as a visitor would. False, and the reason is said, when that does not work."""
        if importlib.util.find_spec("local.selfcheck") is None:
            return True
        command = [sys.executable, "-m", "local.selfcheck"]
        healthy = self._supervisor.run("check", command, self._environment) == 0
        if healthy:
            self._voice.progress("The self-check booked, paid and refunded.")
        else:
            self._voice.trouble("The self-check did not succeed; the lines above say where.")
        return healthy

    def say_where(self) -> None:
        say = self._voice.plain
        say(f"""
  Portal      {self._url}
  Mails       {self._backing.mail.url}
  Texts       {self._backing.telephone.url}
  Provider    {self._backing.provider_url}
  Practice ID {self._backing.idp_url} ({", ".join(PEOPLE)} with {PASSWORD})
""")
        for account in self._accounts():
            say(f"  {account['email']:<24}{account['password']}")
        say(f"  {'':<24}second factor of staff: {self._totp_secret}")
        say(f"  {'':<24}(its code now: .venv/bin/python -m local.code)\n\n  Ctrl-C ends it all.\n")

    def _layer(self, *services: Service) -> None:
        self._supervisor.start(*services)
        self._voice.progress(f"{', '.join(service.name for service in services)}: started")

    def _task(self, name: str, done: str, command: list[str]) -> None:
        code = self._supervisor.run(name, command, self._environment)
        if code != 0:
            raise NotStarted(f"{' '.join(command[2:])}: exit code {code}; the lines above say why.")
        self._voice.progress(done)

    def _for_children(self) -> dict[str, str]:
        # Whatever proxy is set: the provider is on this machine.
        no_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY"), LOOPBACK, "localhost"]))
        inherited = dict(os.environ)
        if inherited.pop("PYTHONDONTWRITEBYTECODE", None):
            # Compiling the portal anew costs each process seconds; the wish is kept where it matters, in the folders.
            inherited["PYTHONPYCACHEPREFIX"] = str(VAR / "pycache")
        return {
            **inherited,
            **self._settings(),
            "JARI_PARENT_DEATH": "1",
            "PROMETHEUS_MULTIPROC_DIR": str(self._figures()),
            "JARI_DEMO_TOTP_SECRET": self._totp_secret,
            "PORTAL_DEBUG": "1" if self._dev else "0",
            "PYTHONUNBUFFERED": "1",
            "NO_PROXY": no_proxy,
            "no_proxy": no_proxy,
        }

    def _figures(self) -> Path:
        """Where the processes of this run leave their figures; those of the last run are nobody's."""
        directory = VAR / "metrics"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        return directory

    def _settings(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self._backing.database_url,
            "REDIS_URL": self._backing.redis_url,
            "SECRET_KEY": self._memory.secret("secret"),
            "BASE_URL": self._url,
            "PAYMENT_PROVIDER": os.environ.get("PAYMENT_PROVIDER", "stripe"),
            "STRIPE_API_KEY": "sk_test_local",
            "STRIPE_API_BASE": self._backing.provider_url,
            "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "TOSS_SECRET_KEY": "test_sk_local",
            "TOSS_API_BASE": self._backing.provider_url,
            "TOSS_WINDOW_URL": f"{self._backing.provider_url}/toss/window",
            "MAIL_URL": self._backing.mail.smtp_url,
            "SMS_URL": os.environ.get("SMS_URL", self._backing.telephone.sms_url),
            **self._backing.idp_settings,
        }

    def _facts(self) -> dict[str, object]:
        """demo.json: for people's scripts by the first names, for flask commands by `environment`."""
        return {
            "portal": self._url,
            "provider": self._backing.provider_url,
            "mail": self._backing.mail.url,
            "texts": self._backing.telephone.url,
            "database_url": self._backing.database_url,
            "redis_url": self._backing.redis_url,
            "accounts": self._accounts(),
            "environment": self._settings(),
        }

    def _accounts(self) -> list[dict[str, str]]:
        customers = [{"email": email, "password": "Harbour-Lantern!26", "role": "customer"} for email in CUSTOMERS]
        staff = {"email": "staff@example.com", "password": "Granite-Teapot!26", "role": "staff"}
        return [*customers, staff | {"totp_secret": self._totp_secret}]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="port of the portal (default: %(default)s)")
    parser.add_argument("--once", action="store_true", help="end after the self-check, with its verdict")
    parser.add_argument("--dev", action="store_true", help="reload when the code changes, and show debug pages")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
