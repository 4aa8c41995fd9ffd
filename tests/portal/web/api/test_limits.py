"""How many calls: bounded for an account and client, and for an address; without Redis, not counted."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import create_app
from portal.config import Settings
from portal.domains import identity
from portal.domains.identity import Person, tokens
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.portal.web.api.conftest import Shop
from tests.support import people


def strict(settings: Settings, **changed: object) -> Flask:
    limits = {"api_calls": "2 per minute", "api_calls_per_address": "3 per minute"}
    app = create_app(settings.model_copy(update=limits | changed))
    app.testing = True
    return app


@pytest.fixture
def client(shop: Shop, settings: Settings) -> Iterator[FlaskClient]:
    app = strict(settings)
    with app.app_context():
        app.extensions["limits"].reset()
    yield app.test_client()
    with app.app_context():
        app.extensions["limits"].reset()


def token_for(shop: Shop, person: Person, client_id: str) -> str:
    with transaction(shop.engine) as tx:
        return tokens.issue_access_token(
            tx,
            identity.Vault(people.SECRET_KEY),
            account_id=person.id,
            client_id=client_id,
            scope="points:read",
            base_url="http://localhost",
            now=clock.now(),
            lifetime=timedelta(minutes=15),
        )


def asked(client: FlaskClient, token: str) -> int:
    return client.get("/api/v1/points", headers={"Authorization": f"Bearer {token}"}).status_code


def test_an_account_is_bounded_through_one_client_whatever_its_token(shop: Shop, client: FlaskClient) -> None:
    person = people.customer(shop.engine)
    answers = [asked(client, token_for(shop, person, "app")) for _ in range(4)]
    assert answers == [200, 200, 429, 429]
    assert asked(client, token_for(shop, person, "partner")) == 200
    assert asked(client, token_for(shop, people.customer(shop.engine), "app")) == 200


def test_who_is_stopped_is_told_for_how_long(shop: Shop, client: FlaskClient) -> None:
    answers = [client.get("/api/v1/products") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].mimetype == "application/problem+json"
    assert answers[3].json["code"] == "too-many-requests"
    assert 0 < int(answers[3].headers["Retry-After"]) <= 61


def test_without_redis_the_api_goes_on(shop: Shop, settings: Settings) -> None:
    client = strict(settings, redis_url="redis://127.0.0.1:1/0").test_client()
    token = token_for(shop, people.customer(shop.engine), "app")
    assert [asked(client, token) for _ in range(4)] == [200] * 4
