"""The people of the sample world. Their passwords are public: never opened outside the demo and tests."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pyotp

from portal.domains import identity, points
from portal.domains.identity import ROLES, Vault, tokens
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

SAMPLE_APP = "sample-app"

# Whoever tries out the running house by itself: one who books, one who approves.
CHECKING_CUSTOMER = Person("self-check@example.com", CUSTOMER_PASSWORD, "Self Check", points=3_000)
CHECKING_STAFF = Person("self-check-staff@example.com", STAFF_PASSWORD, "Self Check", roles=("refunds",))


def invite(tx: Tx, *, vault: Vault, now: datetime, totp_secret: str | None = None) -> list[Person]:
    """Opens the accounts that are not there yet; staff with an authenticator app whose secret is told now. And one app.

    `totp_secret` is the secret they get; a new one is made when none is given.
    """
    for person in (*CUSTOMERS, CHECKING_CUSTOMER):
        account = _account(tx, person)
        points.grant(tx, f"seed:{person.email}", account.id, person.points, "Welcome to Jari", now=now)
    _staff(tx, CHECKING_STAFF, vault, now, totp_secret)
    register_sample_app(tx)
    return [*CUSTOMERS, _staff(tx, STAFF, vault, now, totp_secret)]


def register_sample_app(tx: Tx) -> None:
    """The app of docs/tokens.md, for whoever tries how other apps get in: it has no secret and runs on this machine."""
    if tokens.find_client(tx, SAMPLE_APP) is None:
        scope = "catalog:read bookings:write bookings:read points:read"
        tokens.register_client(tx, SAMPLE_APP, "Sample app", scope=scope, redirect_uris=["http://127.0.0.1/done"])


def _staff(tx: Tx, person: Person, vault: Vault, now: datetime, totp_secret: str | None) -> Person:
    account = _account(tx, person)
    for role in person.roles:
        identity.grant_role(tx, account.id, role)
    if identity.has_totp(tx, account.id):
        return person
    secret = identity.enrol_totp(tx, vault, account.id, secret=totp_secret)
    then = now - SET_UP
    identity.confirm_totp(tx, vault, account.id, pyotp.TOTP(secret).at(then), now=then)
    return replace(person, totp_secret=secret)


def _account(tx: Tx, person: Person) -> identity.Account:
    known = identity.find_by_email(tx, person.email)
    return known or identity.register(tx, person.email, person.name, person.password)
