"""A shop behind the API: a real app with the saga engine plugged in, something to book, and callers with tokens."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from portal.domains import identity, points
from portal.domains.identity import Person, tokens
from portal.kernel import clock, sagas
from portal.kernel.db import transaction
from portal.kernel.ids import new_id
from tests import factories
from tests.support import people
from workers.engine import SagaPort
from workers.sagas import book

SEOUL = ZoneInfo("Asia/Seoul")
EVERYTHING = "catalog:read bookings:write bookings:read points:read"


@dataclass
class Caller:
    """Somebody with a token. Calls are sent with a new Idempotency-Key unless one is given."""

    client: FlaskClient
    person: Person
    token: str

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.send("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> TestResponse:
        return self.send("POST", path, json=body, headers={"Idempotency-Key": key or str(new_id())})

    def delete(self, path: str) -> TestResponse:
        return self.send("DELETE", path)

    def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **rest: Any) -> TestResponse:
        carried = {"Authorization": f"Bearer {self.token}"} | (headers or {})
        return self.client.open(f"/api/v1{path}", method=method, headers=carried, **rest)


@dataclass
class Shop:
    """One room by the hour, one kayak pool of free length, and tea to take along."""

    app: Flask
    engine: Engine
    room: str
    kayak: str
    tea: str
    day: datetime

    def caller(self, scope: str = EVERYTHING, *, person: Person | None = None, **token: Any) -> Caller:
        person = person or people.customer(self.engine)
        return Caller(self.app.test_client(), person, self.token(person, scope, **token))

    def token(
        self,
        person: Person,
        scope: str = EVERYTHING,
        *,
        minutes: int = 15,
        now: datetime | None = None,
        ago: int | None = 0,
    ) -> str:
        """`ago`: seconds since the person signed in; None for a token that says nothing of it."""
        now = now or clock.now()
        with transaction(self.engine) as tx:
            return tokens.issue_access_token(
                tx,
                identity.Vault(people.SECRET_KEY),
                account_id=person.id,
                client_id="tests",
                scope=scope,
                base_url="http://localhost",
                now=now,
                auth_time=None if ago is None else now - timedelta(seconds=ago),
                lifetime=timedelta(minutes=minutes),
            )

    def at(self, hour: int) -> str:
        """That hour in Seoul, three days from now."""
        return (self.day + timedelta(hours=hour)).isoformat()

    def hold(self, caller: Caller, hour: int = 10, **more: Any) -> str:
        answer = caller.post("/holds", {"product": self.room, "start": self.at(hour), **more})
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def order(self, caller: Caller, hour: int = 10, **more: Any) -> str:
        body = {"holds": [self.hold(caller, hour)], "payment": {"token": "pm_card_visa"}, **more}
        answer = caller.post("/orders", body)
        assert answer.status_code == 202, answer.text
        return str(answer.json["number"])

    def completed(self, caller: Caller, hour: int = 10) -> str:
        """An order as the workers leave it, without their work: what refunds begin with."""
        number = self.order(caller, hour)
        self.sql("UPDATE orders SET state = 'completed' WHERE number = :number", number=number)
        return number

    def grant(self, person: Person, amount: int) -> None:
        with transaction(self.engine) as tx:
            points.grant(tx, f"test:{new_id()}", person.id, amount, "welcome")

    def sql(self, statement: str, **given: Any) -> list[Any]:
        with self.engine.begin() as connection:
            result = connection.execute(text(statement), given)
            return list(result) if result.returns_rows else []

    def count(self, table: str) -> int:
        return int(self.sql(f"SELECT count(*) AS n FROM {table}")[0].n)


@pytest.fixture
def shop(app: Flask, database: Engine) -> Shop:
    sagas.plug(SagaPort(book, lambda _id: None))
    app.extensions["api.keys"].forget()
    with app.app_context():
        app.extensions["limits"].reset()
    with transaction(database) as tx:
        room = factories.bookable(tx, slug="studio-a", amount=30000)
        factories.bookable(
            tx, slug="kayak", name="Kayak", units=10, length=30, max_length=240, amount=5000, price_unit="half_hour"
        )
        factories.goods(tx, slug="tea", name="Tea", stock=5, amount=6000)
    today = clock.now().astimezone(SEOUL).replace(hour=0, minute=0, second=0, microsecond=0)
    return Shop(app, database, room.product.slug, "kayak", "tea", today + timedelta(days=3))


@pytest.fixture
def customer(shop: Shop) -> Caller:
    return shop.caller()
