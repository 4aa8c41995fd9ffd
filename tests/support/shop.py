"""A whole shop for tests: the portal with the practice provider behind it and the saga engine driven beside it.

    with opened(app, engine, provider) as shop:      # or the fixture `shop` of tests/portal/web/customer/conftest.py
        browser = shop.browser(people.customer(engine))
        browser.post("/checkout", {...})              # the token is added
        shop.settle()                                 # until every saga that was rung for has rested

The engine runs in one thread of this process, as a worker would. `pause()` makes it deaf, so that a test sees an order
that nobody works on; `settle()` drives what was rung for meanwhile. Nothing sweeps: what waits for a later try is
driven by `drive(number)`.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from queue import Queue
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

import local.provider
from portal import wiring
from portal.config import Settings
from portal.domains.identity import Person
from portal.kernel import sagas
from tests.support import people
from workers.engine import Driver, Policy, SagaPort
from workers.sagas import book

QUICK = Policy(lease=10, pace=0.01, cap=0.002, settle=0.0)


class Browser:
    """One person's browser without JavaScript; `fragment=True` asks as htmx does."""

    def __init__(self, client: FlaskClient, csrf: str, person: Person | None) -> None:
        self.client = client
        self.csrf = csrf
        self.person = person

    def get(self, path: str, *, fragment: bool = False) -> TestResponse:
        answer = self.client.get(path, headers={"HX-Request": "true"} if fragment else {})
        if not self.csrf and (found := re.search(r'name="csrf_token" value="([^"]+)"', answer.text)):
            self.csrf = found[1]  # a guest's token comes with the first page that has a form
        return answer

    def post(self, path: str, data: Mapping[str, Any] | None = None, *, fragment: bool = False) -> TestResponse:
        headers = {"HX-Request": "true"} if fragment else {}
        return self.client.post(path, data={"csrf_token": self.csrf, **(data or {})}, headers=headers)


class Shop:
    """The app, its database, the provider with its books, and the engine."""

    def __init__(self, app: Flask, engine: Engine, provider: local.provider.Provider) -> None:
        self.app, self.engine, self.provider = app, engine, provider
        self.driver = Driver(engine, book, QUICK)
        self._rung: Queue[UUID | None] = Queue()
        self._awake = threading.Event()
        self._awake.set()
        self._thread = threading.Thread(target=self._work, name="engine of a test", daemon=True)

    @property
    def settings(self) -> Settings:
        found: Settings = self.app.extensions["settings"]
        return found

    def browser(self, person: Person | None = None) -> Browser:
        """A browser in which this person is signed in; without one, a guest's."""
        client = self.app.test_client()
        return Browser(client, people.sign_in(client, person).csrf if person else "", person)

    def pause(self) -> None:
        """From now on nobody works on sagas."""
        self._awake.clear()

    def settle(self) -> None:
        """Works on everything that was rung for, until it is done."""
        self._awake.set()
        self._rung.join()

    def drive(self, number: str) -> str | None:
        """One visit of this order's payment, at once; its state."""
        with self.engine.begin() as connection:
            moved = "UPDATE sagas SET next_at = now() WHERE kind = 'payment' AND key = :number RETURNING id"
            saga = connection.execute(text(moved), {"number": number}).scalar_one()
        return self.driver.visit(saga)

    def all(self, query: str, **given: Any) -> list[tuple[Any, ...]]:
        """What the database says."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), given)]

    def one(self, query: str, **given: Any) -> Any:
        """The one value that the database says."""
        ((value,),) = self.all(query, **given)
        return value

    def start(self) -> None:
        self.driver.leases.start()
        self._thread.start()
        wiring.connect(self.settings)
        sagas.plug(SagaPort(book, self._rung.put))

    def close(self) -> None:
        self.settle()
        self._rung.put(None)
        self._thread.join(10)
        self.driver.leases.stop()

    def _work(self) -> None:
        while (saga := self._rung.get()) is not None:
            self._awake.wait()
            try:
                self.driver.visit(saga)
            finally:
                self._rung.task_done()
        self._rung.task_done()


@contextmanager
def opened(app: Flask, engine: Engine, provider: local.provider.Provider) -> Iterator[Shop]:
    """The shop, ready for customers; afterwards its sagas have rested and its engine has ended."""
    shop = Shop(app, engine, provider)
    shop.start()
    try:
        yield shop
    finally:
        shop.close()
