"""pretix as its makers advise for production: gunicorn, Celery, PostgreSQL, Redis for cache, sessions and tasks."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import local.mail
import local.redis
from benchmarks.bookings.side import CUSTOMERS, Open, Side
from benchmarks.child import Child
from benchmarks.house import House
from benchmarks.pretix.installed import PYTHON, Sections, manage, restore, settings, version
from benchmarks.report import note
from benchmarks.started import start
from local.ports import LOOPBACK, free_port
from tests.support.database import create_database

WEBS, WORKERS = 2, 2
PER_DAY, PLACES = (3, 28), 50
"""How many times a day each of its shops has, and how often each time can be booked."""
EVENT = Path(__file__).with_name("event.py")

WEB = ["gunicorn", "pretix.wsgi", "--log-level", "warning", "--timeout", "120"]
"""Patient, because the first page of a process can take long on a busy machine."""
CELERY = ["celery", "-A", "pretix.celery_app", "worker", "-l", "warning"]

WHOLE = """
    SELECT count(*) FROM pretixbase_order o
    JOIN pretixbase_event e ON e.id = o.event_id AND e.slug = '{slug}'
    JOIN pretixbase_orderpayment p ON p.order_id = o.id AND p.state = 'confirmed'
    JOIN pretixbase_orderposition t ON t.order_id = o.id AND NOT t.canceled
    JOIN pretixbase_outgoingmail m ON m.order_id = o.id AND m.status = 'sent'
    WHERE o.status = 'p'
"""
"""Paid, with its ticket, and told by mail, each once."""


def open_sides(servers: House, stack: ExitStack) -> list[Side]:
    """One for each of its shops, on the same servers; in a database of their own."""
    servers = replace(servers, database_url=create_database(servers.database_url, "pretix"))
    built = stack.enter_context(_pretix(servers))
    sides = []
    for per_day in PER_DAY:
        told = {"PORTAL": built.url, "SLUG": f"week-{per_day}", "CUSTOMERS": str(CUSTOMERS), "NO_PROXY": LOOPBACK}
        customers = Child("benchmarks.pretix.customers", told)
        stack.callback(customers.end)
        whole = WHOLE.format(slug=told["SLUG"])
        sides.append(Side(f"pretix-{7 * per_day}", built, customers, {}, stack.enter_context(servers.connect()), whole))
    return sides


@contextmanager
def _pretix(servers: House) -> Iterator[Open]:
    """Web and worker processes, with a Redis on a port, as its tasks want it, and a mail catcher beside them."""
    url = f"http://{LOOPBACK}:{free_port()}"
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jari-bench-pretix-")))
        mail = stack.enter_context(local.mail.running(directory / "mail"))
        redis = stack.enter_context(local.redis.running(directory / "redis", port=free_port()))
        commands = {
            "web": [*WEB, "--workers", str(WEBS), "--bind", url.removeprefix("http://")],
            "workers": [*CELERY, "--concurrency", str(WORKERS)],
        }
        sections = _sections(url, mail, redis)
        note(f" pretix {version()}: {'; '.join(' '.join(command) for command in commands.values())}; {sections}")
        environment = settings(directory, servers.database_url, sections) | {"NO_PROXY": LOOPBACK}
        restore(servers.database_url)
        amounts = {"PER_DAY": " ".join(map(str, PER_DAY)), "PLACES": str(PLACES)}
        manage(environment | amounts, "shell", EVENT.read_text())
        pids = start(
            stack,
            {name: [PYTHON, "-m", *command] for name, command in commands.items()},
            environment=environment,
            directory=directory,
            logs=directory,
            ready=f"{url}/healthcheck/",
        )
        yield Open(url, pids | {"postgres": [servers.postgres_pid], "redis": [redis.pid]}, mail)


def _sections(url: str, mail: local.mail.Mail, redis: local.redis.Redis) -> Sections:
    """As in the example of its installation guide; it logs only warnings, as we do."""
    post, cache = urlsplit(mail.smtp_url), redis.url.removesuffix("/0")
    return {
        "pretix": {"url": url, "loglevel": "WARNING"},
        "mail": {"host": post.hostname, "port": post.port},
        "redis": {"location": f"{cache}/0", "sessions": "true"},
        "celery": {"backend": f"{cache}/1", "broker": f"{cache}/2"},
    }
