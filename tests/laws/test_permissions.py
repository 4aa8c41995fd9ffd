"""Each role opens what its permissions say, and nothing more: tried on every address of the back office."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Engine

from portal.domains.identity import PERMISSIONS, ROLES
from portal.domains.identity.tokens import SCOPES
from portal.kernel import sagas
from portal.kernel.redis import client as redis_client
from tests.laws.test_faces import _guard, _rules
from tests.support import people
from workers.engine import SagaPort
from workers.sagas import book


@pytest.fixture
def redis(redis_url: str) -> Redis:
    redis = redis_client(redis_url)
    redis.flushdb()
    return redis


@pytest.mark.asvs("8.2.1", "8.1.1", "16.3.2")
@pytest.mark.parametrize("role", ["customer", *ROLES])
def test_a_role_opens_what_its_permissions_say(
    app: Flask, client: FlaskClient, database: Engine, redis: Redis, role: str
) -> None:
    sagas.plug(SagaPort(book, lambda _saga: None))
    person = people.customer(database) if role == "customer" else people.staff(database, role)
    held = PERMISSIONS.get(role, frozenset())
    csrf = people.sign_in(client, person).csrf
    seen = 0
    for rule, path in _rules(app):
        guard = _guard(app, rule)
        if guard is None or guard.who != "staff":
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            if guard.permissions & held:
                if method == "GET":
                    assert client.get(path).status_code in {200, 302, 303, 404}, (role, rule)
            else:
                data = {"csrf_token": csrf}
                assert client.open(path, method=method, data=data).status_code == 403, (role, rule, method)
            seen += 1
    assert seen > 20


@pytest.mark.asvs("8.1.1")
def test_every_permission_is_held_by_somebody_and_used_somewhere(app: Flask) -> None:
    used: set[str] = set()
    for view in app.view_functions.values():
        guard = getattr(view, "guard", None)
        used |= guard.permissions if guard else frozenset()
    used |= {scope.permission for scope in SCOPES.values() if scope.permission}
    assert used == set().union(*PERMISSIONS.values())
