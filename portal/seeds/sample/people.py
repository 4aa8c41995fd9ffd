"""The people of the sample world. Their passwords are public: never opened outside the demo and tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

from portal.domains import identity, points
from portal.domains.identity import ROLES, Vault
from portal.kernel.db import Tx

CUSTOMER_PASSWORD = "Harbour-Lantern!26"  # noqa: S105  # public on purpose: the demo prints it
STAFF_PASSWORD = "Granite-Teapot!26"  # noqa: S105  # as above

# Each code works once, and the newest one is for whoever signs in first: set up with an old one.
SET_UP = timedelta(hours=1)


@dataclass(frozen=True)
class Person:
    """Someone who may sign in. `totp_secret` is told when it is made, never again."""

    email: str
    password: str
    name: str
    roles: tuple[str, ...] = ()
    points: int = 0
    totp_secret: str | None = None


CUSTOMERS = (
    Person("customer@example.com", CUSTOMER_PASSWORD, "Kim Minji", points=25_000),
    Person("customer2@example.com", CUSTOMER_PASSWORD, "Lee Junho", points=8_000),
    Person("customer3@example.com", CUSTOMER_PASSWORD, "Park Sora", points=1_200),
)
STAFF = Person("staff@example.com", STAFF_PASSWORD, "Han Jiwoo", roles=ROLES)


def invite(tx: Tx, *, vault: Vault, now: datetime) -> list[Person]:
    """Opens the accounts that are not there yet; staff with an authenticator app whose secret is told now."""
    for person in CUSTOMERS:
        account = _account(tx, person)
        points.grant(tx, f"seed:{person.email}", account.id, person.points, "Welcome to Jari", now=now)
    staff = _account(tx, STAFF)
    for role in STAFF.roles:
        identity.grant_role(tx, staff.id, role)
    if identity.has_totp(tx, staff.id):
        return [*CUSTOMERS, STAFF]
    secret = identity.enrol_totp(tx, vault, staff.id)
    then = now - SET_UP
    identity.confirm_totp(tx, vault, staff.id, pyotp.TOTP(secret).at(then), now=then)
    told = Person(STAFF.email, STAFF.password, STAFF.name, STAFF.roles, totp_secret=secret)
    return [*CUSTOMERS, told]


def _account(tx: Tx, person: Person) -> identity.Account:
    known = identity.find_by_email(tx, person.email)
    return known or identity.register(tx, person.email, person.name, person.password)
