"""What there is to book in the trial, and the people with their tokens."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from portal.domains import identity, points
from portal.domains.identity import Person, tokens
from portal.kernel import clock
from portal.kernel.db import transaction
from tests import factories
from tests.support import people

WELCOME = 200_000
ROOMS = tuple(f"room-{number}" for number in range(6))
KAYAKS = ("kayaks-0", "kayaks-1")
SCARCE, PLENTY = 20, 100_000
GOODS = {"tea": PLENTY, "cake": SCARCE}
CUSTOMER = "bookings:write bookings:read points:read"


@dataclass
class World:
    """Tokens of the people, and the first hour that can be booked."""

    customers: list[str]
    staff: str
    first: datetime


def make(engine: Engine, base_url: str, *, customers: int) -> World:
    """Rooms for one, kayaks for ten, goods in plenty and scarce goods; everybody has points to pay with."""
    now = clock.now()
    with transaction(engine) as tx:
        for slug in ROOMS:
            factories.bookable(tx, slug=slug, amount=30000, price_unit="hour", max_length=120, start_step=30)
        for slug in KAYAKS:
            factories.bookable(tx, slug=slug, units=10, amount=12000, start_step=60)
        for slug, stock in GOODS.items():
            factories.goods(tx, slug=slug, name=slug.title(), stock=stock, amount=6000)
    made = [people.customer(engine, f"customer{number}@example.com") for number in range(customers)]
    desk = people.staff(engine, "refunds")
    with transaction(engine) as tx:
        for person in made:
            points.grant(tx, f"chaos:{person.id}", person.id, WELCOME, "welcome")

    def token(person: Person, scope: str) -> str:
        with transaction(engine) as tx:
            return tokens.issue_access_token(
                tx,
                identity.Vault(people.SECRET_KEY),
                account_id=person.id,
                client_id="chaos",
                scope=scope,
                base_url=base_url,
                now=now,
                auth_time=now,
                lifetime=timedelta(hours=6),
            )

    first = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    return World([token(person, CUSTOMER) for person in made], token(desk, "staff:refunds"), first)
