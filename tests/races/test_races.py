"""The great race in its short form: exactly what there is gets sold, whoever comes how at the same moment."""

import sys
from collections.abc import Mapping
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from portal.kernel import sagas
from tests.races import books, trial, world
from tests.races.callers import Callers
from tests.races.racer import drive, ring
from workers.engine import SagaPort
from workers.sagas import book

ATTEMPTS, REQUESTS, SEED = 800, 250, 7
LAST = 0.6
PEOPLE = 20


def test_everybody_at_once_and_nothing_twice_nothing_lost_nobody_stuck(database: Engine) -> None:
    url = database.url.render_as_string(hide_password=False)
    report = trial.run(url, attempts=ATTEMPTS, seed=SEED, last=LAST)
    print(report, file=sys.stderr)
    assert report.faults == {}
    assert report.attempts >= ATTEMPTS
    assert report.mixed.told["Entry"] > 10, "people stood in line"
    assert {"done", "SlotTaken", "Hold"} <= report.mixed.told.keys(), "orders, moves and refunds went through"
    assert report.rush.refused, "more was wanted than there is"


def test_over_http_nobody_is_told_that_something_went_wrong(app: Flask, database: Engine) -> None:
    made, driver = world.make(database, people=PEOPLE), trial.driver(database)
    sagas.plug(SagaPort(book, ring))
    app.extensions["api.keys"].forget()

    def send(method: str, path: str, *, headers: Mapping[str, str], json: Any = None) -> tuple[int, str, Any]:
        answer = app.test_client().open(path, method=method, headers=dict(headers), json=json)
        return answer.status_code, answer.text, answer.json if answer.is_json else None

    callers = Callers(database, made, send, "http://localhost", after=lambda: drive(driver))
    told = callers.race(REQUESTS, SEED)
    print(told, file=sys.stderr)
    trial.quiet(database)
    assert told.broken == []
    assert books.wrongs(database) == {}
    assert {"POST /holds 201", "POST /holds 409", "POST /orders 202", "POST /waiting 201"} <= told.counts.keys()
