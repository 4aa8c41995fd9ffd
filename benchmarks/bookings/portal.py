"""The portal as in production: two web and two worker processes, something to sell, customers who are signed in."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from secrets import token_hex

import local.mail
import local.provider
from benchmarks import house
from benchmarks.bookings.side import CUSTOMERS, Open, Side
from benchmarks.child import ROOT, Child
from benchmarks.started import start
from local.ports import LOOPBACK, free_port
from portal.kernel.db import make_engine, transaction
from tests import factories
from tests.support import people
from tests.support.database import create_database, migrate

WEBS, WORKERS = 2, 2
SECRET_KEY = token_hex()

BOOKED = """
    SELECT count(*) FROM orders o
    JOIN payments p ON p.order_id = o.id AND p.state = 'paid' AND p.amount = o.charge
    JOIN reservations r ON r.order_id = o.id AND r.status = 'CONFIRMED'
    {more}
    WHERE o.state = 'completed' AND NOT EXISTS (SELECT FROM sagas WHERE next_at IS NOT NULL)
"""
MAIL = "JOIN mails m ON m.data->>'number' = o.number AND m.template = 'order_confirmed' AND m.state = 'sent'"

WHOLE = BOOKED.format(more="")
"""Completed, paid and confirmed, each once, and nothing left to do."""
TOLD = BOOKED.format(more=MAIL)
"""Told by mail, too."""


def open_side(servers: house.House, stack: ExitStack, *, whole: str = WHOLE) -> Side:
    """Ours, in a database of its own."""
    url = create_database(servers.database_url, "web")
    migrate(url)
    servers = replace(servers, database_url=url)
    slug, emails = _shop(url)
    built = stack.enter_context(_portal(servers))
    customers = Child("benchmarks.bookings.customers", {"PORTAL": built.url, "NO_PROXY": LOOPBACK})
    stack.callback(customers.end)
    customers.tell(do="sign_in", emails=emails, password=people.PASSWORD)
    customers.wait()
    connection = stack.enter_context(servers.connect())
    return Side("jari", built, customers, {"do": "book", "slug": slug}, connection, whole)


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
        pids = start(
            stack,
            {name: [sys.executable, "-m", *command] for name, command in commands.items()},
            environment=environment,
            directory=ROOT,
            logs=directory,
            ready=f"{url}/readyz",
        )
        yield Open(url, pids | {"postgres": [servers.postgres_pid], "redis": [servers.redis_pid]}, mail)
