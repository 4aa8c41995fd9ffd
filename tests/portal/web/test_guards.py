"""A face is closed; a view opens itself to all, to customers, or to staff with a permission and a second factor."""

import pytest
from flask.testing import FlaskClient
from flask_login.utils import encode_cookie
from sqlalchemy import Engine

from portal.domains import identity
from portal.kernel.db import transaction
from portal.web.guards import safe_next, staff
from tests.support import people

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://localhost/products/kayak?day=2026-12-01"}


ASKING = ("guest", "customer", "refunds", "catalog", "finance", "admin")
ANSWERS = {
    #                    guest cust. refu. cata. fina. admin
    "/house/open":      (200, 200, 200, 200, 200, 200),
    "/house/mine":      (303, 200, 200, 200, 200, 200),
    "/house/desk":      (303, 403, 200, 403, 403, 200),
    "/house/money":     (303, 403, 200, 200, 403, 200),
    "/house/forgotten": (303, 403, 403, 403, 403, 403),
    "/house/nowhere":   (404, 404, 404, 404, 404, 404),
}  # fmt: skip


@pytest.mark.asvs("8.2.1")
@pytest.mark.parametrize("who", ASKING)
def test_who_may_open_what(visitor: FlaskClient, database: Engine, who: str) -> None:
    if who != "guest":
        people.sign_in(visitor, people.customer(database) if who == "customer" else people.staff(database, who))
    answers = {path: visitor.get(path).status_code for path in ANSWERS}
    assert answers == {path: row[ASKING.index(who)] for path, row in ANSWERS.items()}


def test_a_guest_comes_back_to_the_page_they_wanted(visitor: FlaskClient) -> None:
    assert visitor.get("/house/mine?day=1").location == "/sign-in?next=/house/mine?day%3D1"
    assert visitor.post("/house/mine").location == "/sign-in", "what was posted is not repeated"


def test_htmx_is_told_to_leave_the_page(visitor: FlaskClient) -> None:
    answer = visitor.get("/house/mine", headers=HTMX)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/products/kayak?day%3D2026-12-01"
    answer = visitor.post("/house/mine", headers=HTMX)
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/products/kayak?day%3D2026-12-01"
    evil = visitor.get("/house/mine", headers={**HTMX, "HX-Current-URL": "http://localhost//evil.example/"})
    assert evil.headers["HX-Redirect"] == "/sign-in"


def test_staff_without_a_second_factor_are_sent_to_set_one_up(visitor: FlaskClient, database: Engine) -> None:
    with transaction(database) as tx:
        account = identity.register(tx, "new@example.com", "New", people.PASSWORD)
        identity.grant_role(tx, account.id, "refunds")
        person = identity.find_person(tx, account.id)
    assert person is not None
    people.sign_in(visitor, person)
    assert visitor.get("/house/desk").location == "/account/security?need=staff"
    assert visitor.get("/house/mine").status_code == 200


def test_a_session_older_than_the_second_factor_or_the_role_is_not_enough(
    visitor: FlaskClient, database: Engine
) -> None:
    boss = people.staff(database, "refunds")
    people.sign_in(visitor, boss, proven=False)
    assert visitor.get("/house/desk").location == "/sign-in?next=/house/desk"
    assert visitor.get("/sign-in").status_code == 200, "and no circle"

    promoted, _ = people.with_totp(database, people.customer(database))
    people.sign_in(visitor, promoted)
    with transaction(database) as tx:
        identity.grant_role(tx, promoted.id, "refunds")
    assert visitor.get("/house/desk").location == "/sign-in?next=/house/desk"


@pytest.mark.asvs("8.3.2")
def test_a_role_that_was_taken_opens_nothing_at_the_next_request(visitor: FlaskClient, database: Engine) -> None:
    boss = people.staff(database, "refunds")
    people.sign_in(visitor, boss)
    assert visitor.get("/house/desk").status_code == 200
    with transaction(database) as tx:
        identity.revoke_role(tx, boss.id, "refunds")
    assert visitor.get("/house/desk").status_code == 403


def test_a_view_cannot_ask_for_a_permission_there_is_none_of() -> None:
    with pytest.raises(ValueError, match="refund"):
        staff("refund")
    with pytest.raises(ValueError, match="none named"):
        staff()


@pytest.mark.asvs("3.7.2")
@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "///evil.example", "https://evil.example", "https:evil.example", "http:/evil.example",
        "/\\evil.example", "\\\\evil.example", "/\tevil", "\t//evil.example", "/\n/evil.example", " //evil.example",
        "/@evil.example", "//user@evil.example", "javascript:alert(1)", "evil.example", "", None, "/a\x00b", "/a b",
    ],
)  # fmt: skip
def test_no_address_of_another_site_is_gone_on_to(target: str | None) -> None:
    assert safe_next(target, "/home") == "/home"


@pytest.mark.parametrize(
    "target", ["/", "/orders/J-1?tab=2#top", "/products/%EC%9E%90%EB%A6%AC", "/a//b", "/?u=http://x"]
)
def test_pages_of_our_own_are(target: str) -> None:
    assert safe_next(target) == target


def test_a_remember_me_cookie_signs_nobody_in(visitor: FlaskClient, database: Engine) -> None:
    kim = people.customer(database)
    with visitor.application.test_request_context():
        forged = encode_cookie(str(kim.id))
    visitor.set_cookie("remember_token", forged, domain="localhost")
    assert visitor.get("/house/mine").status_code == 303
