"""An account is opened on a page, and nobody learns there who has one."""

import re

import pytest
from sqlalchemy import Engine

from portal.domains import identity
from portal.kernel.db import transaction
from tests.portal.web.auth.conftest import Browser
from tests.support import people

KIM = {"name": "Kim Minseo", "email": "kim@example.com", "password": people.PASSWORD}


def test_a_new_account_leads_to_signing_in_with_the_address_filled_in(guest: Browser, database: Engine) -> None:
    answer = guest.fill_in("/sign-up?next=/account/security", **KIM)
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/account/security")
    page = guest.get(answer.location)
    assert 'value="kim@example.com"' in page.text
    assert "Sign in with the password you chose" in page.text
    answer = guest.send(answer.location, email=KIM["email"], password=KIM["password"])
    assert (answer.status_code, answer.location) == (303, "/account/security")
    assert guest.is_in


@pytest.mark.asvs("6.3.8")
def test_an_address_that_is_taken_gets_the_same_answer_and_keeps_its_password(guest: Browser, database: Engine) -> None:
    people.customer(database, "kim@example.com")
    new = guest.fill_in("/sign-up", **KIM | {"email": "new@example.com"})
    new_page = guest.get(new.location)
    taken = guest.fill_in("/sign-up", **KIM | {"email": "KIM@example.com", "password": "Another-Password!1"})
    taken_page = guest.get(taken.location)
    assert (taken.status_code, taken.location, taken.text) == (new.status_code, new.location, new.text)
    assert _plain(taken_page.text) == _plain(new_page.text)
    assert guest.send("/sign-in", email="kim@example.com", password="Another-Password!1").status_code == 422
    assert guest.send("/sign-in", email="kim@example.com", password=people.PASSWORD).status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("email", "kim@", "This does not look like an e-mail address."),
        ("email", "", "Type your e-mail address."),
        ("email", "k" * 2000, "The address is too long."),
        ("name", "   ", "Tell us what to call you."),
        ("name", "K" * 101, "The name is longer than 100 characters."),
        ("password", "short", "The password is shorter than 12 characters."),
        ("password", "harbour-lantern-26", "The password needs an upper-case letter"),
        ("password", "Aa1!" * 33, "The password is longer than 128 characters."),
    ],
)
def test_a_fault_is_told_next_to_its_field_and_what_was_typed_stays(
    guest: Browser, database: Engine, field: str, value: str, says: str
) -> None:
    answer = guest.fill_in("/sign-up", **KIM | {field: value})
    assert answer.status_code == 422
    error = re.search(rf'id="{field}-error">.*?<span>(.*?)</span>', answer.text, re.S)
    assert error is not None
    assert says in error[1]
    assert re.search(rf'name="{field}"[^>]* aria-describedby="[^"]*\b{field}-error"', answer.text)
    if field != "name":
        assert 'value="Kim Minseo"' in answer.text
    assert people.PASSWORD not in answer.text
    with transaction(database) as tx:
        assert identity.find_by_email(tx, "kim@example.com") is None


@pytest.mark.asvs("6.2.6", "6.2.7")
def test_password_managers_know_the_fields(guest: Browser) -> None:
    page = guest.get("/sign-up").text
    assert _input(page, "email") >= {'type="email"', 'autocomplete="username"'}
    assert _input(page, "password") >= {'type="password"', 'autocomplete="new-password"'}
    page = guest.get("/sign-in").text
    assert _input(page, "email") >= {'type="email"', 'autocomplete="username"'}
    assert _input(page, "password") >= {'type="password"', 'autocomplete="current-password"'}


def test_markup_in_a_name_stays_a_name(guest: Browser, database: Engine) -> None:
    people.sign_in(guest.client, people.customer(database, name="<script>alert(1)</script>"))
    page = guest.get("/account/security").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_one_address_opens_twenty_accounts_an_hour(guest: Browser) -> None:
    answers = [guest.fill_in("/sign-up", **KIM).status_code for _ in range(21)]
    assert answers == [303] * 20 + [429]


def _input(page: str, name: str) -> set[str]:
    found = re.search(rf'<input [^>]*name="{name}"[^>]*>', page)
    assert found is not None
    return set(re.findall(r'[\w-]+="[^"]*"', found[0]))


def _plain(page: str) -> str:
    return re.sub(r'nonce="[^"]*"|value="[^"]*"', "", page)
