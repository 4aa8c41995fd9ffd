"""Every address of the portal is closed unless it says otherwise, and looking at one changes nothing.

The crawl goes over the URL map, so a new view is judged the day it is written.
"""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.routing import Rule

from portal.kernel import sagas
from portal.web.database import db
from portal.web.guards import GUARDED_BY_THEMSELVES, Guard
from tests.support import people
from workers.engine import SagaPort
from workers.sagas import book

SOME_ID = UUID("01900000-0000-7000-8000-000000000000")
STANDS_FOR = {
    "uuid": str(SOME_ID),
    "int": "1",
    "path": "nothing",
    "default": "nothing",
    "string": "nothing",
    "date": "2026-12-01",
}
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|TRUNCATE|MERGE|.*\bFOR UPDATE\b)", re.I | re.S)

PUBLIC = {"auth", "customer", "dev", "health", "language", "metrics", "well_known"}
"""Faces that may have views for everybody (the figures ask for a token). In the back office there are none."""


def _rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        yield (
            rule,
            re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda found: STANDS_FOR[found[1] or "default"], rule.rule),
        )


def _guard(app: Flask, rule: Rule) -> Guard | None:
    return getattr(app.view_functions[rule.endpoint], "guard", None)


def _is_self_guarded(rule: Rule) -> bool:
    return rule.endpoint.partition(".")[0] in GUARDED_BY_THEMSELVES


@pytest.mark.asvs("6.3.4", "8.2.1")
def test_every_view_says_for_whom_it_is(app: Flask) -> None:
    unsaid = {
        rule.endpoint
        for rule, _ in _rules(app)
        if rule.endpoint != "static" and not _is_self_guarded(rule) and _guard(app, rule) is None
    }
    assert unsaid == set()


def test_only_faces_for_everybody_have_public_views(app: Flask) -> None:
    open_views = {rule.endpoint for rule, _ in _rules(app) if (guard := _guard(app, rule)) and guard.who == "public"}
    assert {endpoint.partition(".")[0] for endpoint in open_views} <= PUBLIC


def test_addresses_of_the_back_office_are_for_staff(app: Flask) -> None:
    for rule, _ in _rules(app):
        if rule.rule.startswith("/staff"):
            guard = _guard(app, rule)
            assert guard is not None, rule
            assert guard.who == "staff", rule


@pytest.mark.asvs("6.3.4")
def test_a_stranger_is_sent_to_sign_in_from_every_closed_address(app: Flask, client: FlaskClient) -> None:
    """Also when the thing does not exist: whether it does is nobody's business before signing in."""
    closed = 0
    for rule, path in _rules(app):
        guard = _guard(app, rule)
        if rule.endpoint == "static" or _is_self_guarded(rule) or (guard and guard.who == "public"):
            continue
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            answer = client.open(path, method=method)
            assert answer.status_code == 303, (rule, method)
            assert answer.location.startswith("/sign-in"), (rule, method)
            answer = client.open(path, method=method, headers={"HX-Request": "true"})
            assert answer.status_code == 401, (rule, method)
            closed += 1
    assert closed > 0


@pytest.mark.asvs("3.5.1")
def test_public_addresses_take_nothing_without_a_token(app: Flask, client: FlaskClient) -> None:
    for rule, path in _rules(app):
        guard = _guard(app, rule)
        if guard and guard.who == "public":
            for method in sorted(rule.methods & {"POST", "PUT", "PATCH", "DELETE"}):
                assert client.open(path, method=method).status_code == 400, (rule, method)


@pytest.mark.asvs("6.3.4")
def test_api_addresses_ask_for_a_token_or_are_open_to_all_by_contract(app: Flask, client: FlaskClient) -> None:
    open_to_all = re.compile(r"^/api/v1/(products(/nothing(/slots)?)?|openapi\.json|docs.*|spec.*)$")
    for rule, path in _rules(app):
        if rule.endpoint.startswith("api.") and not (open_to_all.match(path) and "GET" in rule.methods):
            for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
                assert client.open(path, method=method).status_code == 401, (rule, method)


@pytest.fixture
def written(app: Flask) -> Iterator[list[str]]:
    """Every statement that would change something in the database."""
    seen: list[str] = []

    def look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        # That somebody was turned away is on record: the one thing that looking may write.
        if WRITES.match(statement) and not statement.startswith("INSERT INTO audit_entries"):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", look)
    yield seen
    event.remove(engine, "before_cursor_execute", look)


@pytest.mark.asvs("3.5.3")
def test_looking_changes_nothing(app: Flask, client: FlaskClient, database: Engine, written: list[str]) -> None:
    sagas.plug(SagaPort(book, lambda _saga: None))
    visitors = [None, people.customer(database), people.staff(database, "admin")]
    for visitor in visitors:
        if visitor is not None:
            people.sign_in(client, visitor)
        for rule, path in _rules(app):
            if "GET" in rule.methods and rule.endpoint != "static":
                assert client.get(path).status_code < 500 or rule.endpoint == "health.readyz", rule
                assert written == [], rule
