"""Whole bookings through the web: pages, hold, checkout, the saga to its end; two web and two worker processes."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import Any

import psycopg

import local.mail
import local.provider
from benchmarks import house
from benchmarks.child import ROOT, Child
from benchmarks.gauges import measured
from benchmarks.report import note, pair, percentile
from local.ports import LOOPBACK, free_port
from local.probe import answers
from local.process import Process
from portal.kernel.db import make_engine, transaction
from tests import factories
from tests.support import people
from tests.support.database import create_database, migrate

GOAL, PRETIX = 24.0, 2.4
"""Bookings a second that have to be reached here, and what pretix reached on such a machine."""
CUSTOMERS = 16
WEBS, WORKERS = 2, 2
SECRET_KEY = token_hex()


@dataclass(frozen=True)
class Open:
    """The portal, ready for customers."""

    url: str
    pids: dict[str, list[int]]


def run(*, quick: bool = False) -> None:
    """Prints bookings_web."""
    each = 2 if quick else 15
    with house.running() as servers, ExitStack() as stack:
        url = create_database(servers.database_url, "web")
        migrate(url)
        servers = replace(servers, database_url=url)
        slug, emails = _shop(url)
        built = stack.enter_context(_portal(servers))
        child = Child("benchmarks.bookings.customers", {"PORTAL": built.url, "NO_PROXY": LOOPBACK})
        stack.callback(child.end)
        child.tell(do="sign_in", emails=emails, password=people.PASSWORD)
        child.wait()
        child.tell(do="book", slug=slug, each=2, first=0)
        child.wait()  # the first ones are only to warm up
        connection = stack.enter_context(servers.connect())
        child.tell(do="book", slug=slug, each=each, first=2 * CUSTOMERS)
        with measured(connection, {**built.pids, "customers": [child.pid]}) as cost:
            begun = time.perf_counter()
            took = child.wait()
            _wait_for_the_end(connection)
            seconds = time.perf_counter() - begun
        bookings = each * CUSTOMERS
        _check(connection, bookings + 2 * CUSTOMERS)
    rate = bookings / seconds
    note(f"bookings_web: {bookings} bookings by {CUSTOMERS} customers at once; {cost.cpu_per(bookings)} each")
    note(
        f"  from the product's page to «confirmed»: half within {percentile(took, 0.5):.2f} s,"
        f" 95 % within {percentile(took, 0.95):.2f} s; pretix made {PRETIX} bookings a second"
    )
    pair("bookings_web", rate, "1/s", rate / GOAL, "limit")


def _shop(url: str) -> tuple[str, list[str]]:
    """One product with places for everybody, and customers with a password."""
    engine = make_engine(url, pool_size=2)
    with transaction(engine) as tx:
        made = factories.bookable(
            tx, units=50, length=30, start_step=30, horizon_days=90, slug="for-everybody", max_quantity=1
        )
        slug = made.product.slug
    emails = [people.customer(engine, f"customer-{number}@example.com").email for number in range(CUSTOMERS)]
    engine.dispose()
    return slug, emails


@contextmanager
def _portal(servers: house.House) -> Iterator[Open]:
    """Web and worker processes as in production, with the practice provider and a mail catcher beside them."""
    url = f"http://{LOOPBACK}:{free_port()}"
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jari-bench-web-")))
        provider = stack.enter_context(
            local.provider.running(
                directory / "provider",
                webhook_url=f"{url}/hooks/stripe",
                webhook_secret="whsec",  # noqa: S106  # of a provider that is gone in a minute
            )
        )
        mail = stack.enter_context(local.mail.running(directory / "mail"))
        environment = {
            **os.environ,
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "SECRET_KEY": SECRET_KEY,
            "BASE_URL": url,
            "STRIPE_API_BASE": provider.url,
            "STRIPE_WEBHOOK_SECRET": "whsec",
            "MAIL_URL": mail.smtp_url,
            "SIGN_INS_PER_ADDRESS": "100000 per hour",
            "JARI_PARENT_DEATH": "1",
            "NO_PROXY": LOOPBACK,
        }
        web = ["gunicorn", "wsgi:app", "--bind", url.removeprefix("http://"), "--workers", str(WEBS)]
        commands = {
            "web": [*web, "--log-level", "warning"],
            "workers": ["dramatiq", "workers.main", "-p", str(WORKERS), "-t", "4"],
            "ticker": ["workers.ticker"],
        }
        pids = {}
        for name, command in commands.items():
            log = stack.enter_context((directory / f"{name}.log").open("wb"))
            process = Process(
                [sys.executable, "-m", *command],
                environment=environment,
                directory=ROOT,
                output=log.fileno(),
                death_signal=signal.SIGTERM if name != "ticker" else signal.SIGKILL,
            )
            stack.callback(process.stop)
            pids[name] = [process.pid]
        until = time.monotonic() + 60
        while not answers(f"{url}/readyz")():
            if time.monotonic() > until:
                logs = "\n".join((directory / f"{name}.log").read_text()[-1000:] for name in commands)
                raise TimeoutError(f"the portal does not get ready:\n{logs}")
            time.sleep(0.1)
        pids |= {"postgres": [servers.postgres_pid], "redis": [servers.redis_pid]}
        yield Open(url, pids)


def _wait_for_the_end(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    until = time.monotonic() + 30
    while connection.execute("SELECT 1 FROM sagas WHERE next_at IS NOT NULL LIMIT 1").fetchall():
        if time.monotonic() > until:
            raise TimeoutError("some sagas did not end")
        time.sleep(0.02)


def _check(connection: "psycopg.Connection[tuple[object, ...]]", bookings: int) -> None:
    """Raises unless all of them are completed, paid and confirmed, each once."""
    query = """
        SELECT count(*) FROM orders o
        JOIN payments p ON p.order_id = o.id AND p.state = 'paid' AND p.amount = o.charge
        JOIN reservations r ON r.order_id = o.id AND r.status = 'CONFIRMED'
        WHERE o.state = 'completed'
    """
    ((found,),) = connection.execute(query).fetchall()
    if found != bookings:
        states: list[Any] = connection.execute("SELECT state, count(*) FROM orders GROUP BY 1").fetchall()
        raise RuntimeError(f"{found} of {bookings} bookings are whole; orders: {states}")
