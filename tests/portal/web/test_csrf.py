"""What is sent from another site, or without our token, changes nothing."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.support import people

OURS = "http://localhost"


@pytest.mark.asvs("3.5.1")
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_an_unsafe_request_without_a_token_is_not_read(visitor: FlaskClient, database: Engine, method: str) -> None:
    people.sign_in(visitor, people.customer(database))
    allowed = {"post": 400}.get(method, 405)  # the others do not exist there
    assert getattr(visitor, method)("/house/mine").status_code == allowed
    assert visitor.post("/house/open").status_code == 400
    assert visitor.post("/sign-in", data={"email": "a@example.com", "password": "x"}).status_code == 400


@pytest.mark.parametrize("token", ["", "nonsense", "ImEi.Z1.abc"])
def test_a_wrong_token_is_none(visitor: FlaskClient, database: Engine, token: str) -> None:
    people.sign_in(visitor, people.customer(database))
    answer = visitor.post("/house/mine", data={"csrf_token": token})
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text


def test_a_token_of_another_session_is_none(visitor: FlaskClient, database: Engine) -> None:
    stolen = people.sign_in(visitor, people.customer(database))
    page = visitor.get("/sign-in")
    assert page.status_code == 200
    other = visitor.application.test_client()
    other.get("/sign-in")
    assert other.post("/house/open", data={"csrf_token": stolen.csrf}).status_code == 400


@pytest.mark.asvs("3.5.1")
def test_the_token_is_read_from_the_form_and_from_the_header_htmx_sends(visitor: FlaskClient, database: Engine) -> None:
    kim = people.sign_in(visitor, people.customer(database))
    assert visitor.post("/house/mine", data={"csrf_token": kim.csrf}).status_code == 303
    assert visitor.post("/house/mine", headers={"X-CSRFToken": kim.csrf, "HX-Request": "true"}).status_code == 204


@pytest.mark.asvs("3.5.1")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": OURS}, 303),
        ({"Origin": OURS, "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://localhost:8001"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": OURS, "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_even_with_a_token_it_must_come_from_our_own_pages(
    visitor: FlaskClient, database: Engine, headers: dict[str, str], status: int
) -> None:
    kim = people.sign_in(visitor, people.customer(database))
    answer = visitor.post("/house/mine", data={"csrf_token": kim.csrf}, headers=headers)
    assert answer.status_code == status


def test_looking_is_allowed_from_anywhere(visitor: FlaskClient) -> None:
    assert visitor.get("/house/open", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
