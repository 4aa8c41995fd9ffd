"""Customers and staff for tests that open pages: made through the front door, signed in without typing passwords."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine

from portal.domains import identity
from portal.domains.identity import Person
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.ids import new_id
from portal.web import redis_session

PASSWORD = "Harbour-Lantern!26"
SECRET_KEY = "a secret key that is only good for tests"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SignedIn:
    """Somebody signed in with a test client. `csrf` is the token every POST of theirs needs, as field `csrf_token`."""

    person: Person
    csrf: str


def customer(engine: Engine, email: str = "", *, name: str = "Kim Minseo") -> Person:
    """A customer with PASSWORD; without an address, at a new one."""
    return _person(engine, email, name, ())


def staff(engine: Engine, *roles: str, email: str = "", name: str = "Park Jiwoo") -> Person:
    """A member of staff with these roles and a confirmed authenticator app."""
    return with_totp(engine, without_factor(engine, *roles, email=email, name=name))[0]


def without_factor(engine: Engine, *roles: str, email: str = "", name: str = "Park Jiwoo") -> Person:
    """Somebody with these roles and a password alone."""
    return _person(engine, email, name, roles)


def with_totp(engine: Engine, person: Person, secret_key: str = SECRET_KEY) -> tuple[Person, str]:
    """The person with a confirmed authenticator app, and its secret. No code of today is used up yet."""
    vault = identity.Vault(secret_key)
    with transaction(engine) as tx:
        secret = identity.enrol_totp(tx, vault, person.id)
        identity.confirm_totp(tx, vault, person.id, pyotp.TOTP(secret).at(LONG_AGO), now=LONG_AGO)
        return _found(identity.find_person(tx, person.id)), secret


def sign_in(client: FlaskClient, person: Person, *, proven: bool | None = None, fresh: bool = True) -> SignedIn:
    """Makes `client` this person's browser. Whoever has a second factor has just shown it, unless told otherwise."""
    app = client.application
    interface = app.session_interface
    assert isinstance(interface, redis_session.RedisSessionInterface)
    token = "the token of this session"
    data = {
        "_user_id": str(person.id),
        "_fresh": True,
        "proven": person.has_second_factor if proven is None else proven,
        "as_staff": person.is_staff,
        "fresh": {"account": clock.now().timestamp()} if fresh else {},
        "csrf_token": token,
    }
    limits = redis_session.limits(interface.settings, staff=person.is_staff)
    begun = interface.store.begin(data, limits, account=str(person.id), agent="a test", address="127.0.0.1")
    assert begun is not None
    client.set_cookie(interface.cookie, begun[0], domain="localhost")
    return SignedIn(person, str(URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(token)))


def _person(engine: Engine, email: str, name: str, roles: tuple[str, ...]) -> Person:
    with transaction(engine) as tx:
        account = identity.register(tx, email or f"{new_id()}@example.com", name, PASSWORD)
        for role in roles:
            identity.grant_role(tx, account.id, role)
        return _found(identity.find_person(tx, account.id))


def _found(person: Person | None) -> Person:
    assert person is not None
    return person
