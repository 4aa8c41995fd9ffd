"""Facts and failures have a status, words in the reader's language, and no insides."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from portal.config import Settings
from portal.kernel.errors import Refusal
from portal.web.errors import faults_of, problem
from tests.portal.web.conftest import FACTS, built


@pytest.mark.parametrize(
    ("fact", "status", "says"),
    [
        ("not-found", 404, "There is nothing at this address"),
        ("stale", 409, "Somebody else changed this meanwhile."),
        ("refusal", 409, "Only 3 places are left."),
        ("invalid", 422, "At most 4. This day is over."),
    ],
)
def test_a_fact_becomes_a_page(visitor: FlaskClient, fact: str, status: int, says: str) -> None:
    answer = visitor.get(f"/house/fact/{fact}")
    assert answer.status_code == status
    assert says in answer.text
    assert "<html" in answer.text


@pytest.mark.parametrize(("fact", "status"), [("stale", 409), ("refusal", 409), ("invalid", 422)])
def test_htmx_gets_a_note_and_not_a_page_within_the_page(visitor: FlaskClient, fact: str, status: int) -> None:
    answer = visitor.get(f"/house/fact/{fact}", headers={"HX-Request": "true"})
    assert answer.status_code == status
    assert answer.headers["HX-Retarget"] == "#toasts"
    assert "<html" not in answer.text
    assert "toast" in answer.text


@pytest.mark.asvs("16.5.1", "13.4.2")
def test_a_failure_gives_an_id_and_shows_nothing_of_the_inside(visitor: FlaskClient) -> None:
    answer = visitor.get("/house/broken", headers={"X-Request-ID": "asked-by-somebody-1"})
    assert answer.status_code == 500
    assert "asked-by-somebody-1" in answer.text
    assert "secret inside" not in answer.text
    assert "Traceback" not in answer.text


def test_pages_and_machines_are_told_of_unknown_addresses_in_their_own_way(visitor: FlaskClient) -> None:
    assert visitor.get("/nowhere").mimetype == "text/html"
    answer = visitor.get("/api/v1/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.json["status"] == 404
    assert visitor.post("/house/fact/stale").status_code in {400, 405}


def test_a_fact_is_a_problem_for_machines(house: Flask) -> None:
    with house.test_request_context():
        assert problem(FACTS["invalid"]) == {
            "type": "about:blank",
            "title": "Unprocessable Entity",
            "status": 422,
            "code": "invalid",
            "detail": "Some fields need another look.",
            "errors": [
                {"field": "seats", "message": "At most 4."},
                {"field": "day", "message": "This day is over."},
            ],
        }
        assert problem(FACTS["not-found"])["status"] == 404
        assert problem(FACTS["refusal"])["detail"] == "Only 3 places are left."
        assert faults_of(Refusal("Taken.", field="start")) == {"start": "Taken."}


@pytest.mark.asvs("16.5.3")
def test_without_a_database_the_page_says_so(settings: Settings, visitor: FlaskClient, database: Engine) -> None:
    nowhere = "postgresql://jari@127.0.0.1:1/jari"
    client = built(settings.model_copy(update={"database_url": nowhere})).test_client()
    cookie = _signed_in_elsewhere(visitor, database)
    client.set_cookie("sid", cookie, domain="localhost")
    answer = client.get("/house/mine")
    assert answer.status_code == 503
    assert "Back in a moment" in answer.text


def _signed_in_elsewhere(visitor: FlaskClient, database: Engine) -> str:
    from tests.support import people

    people.sign_in(visitor, people.customer(database))
    cookie = visitor.get_cookie("sid")
    assert cookie is not None
    return cookie.value
