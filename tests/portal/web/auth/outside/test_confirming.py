"""Confirming who one is at the provider, for accounts without a password."""

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from portal.domains import identity
from portal.domains.identity.models import Account
from portal.kernel.db import transaction
from tests.portal.web.auth.conftest import Browser
from tests.portal.web.auth.outside.conftest import come_back, on_the_way, sign_in
from tests.support import people
from tests.support.hostile import Hostile


def signed_in_a_while_ago(guest: Browser, idp: Hostile, app: Flask, database: Engine) -> Browser:
    """Somebody with an account without a password, who has shown nothing lately."""
    sign_in(guest, idp)
    with transaction(database) as tx:
        person = identity.find_person(tx, tx.scalars(select(Account.id)).one())
    assert person
    browser = Browser(app.test_client())
    people.sign_in(browser.client, person, fresh=False)
    return browser


@pytest.mark.asvs("7.5.1", "6.8.4")
def test_an_account_without_a_password_confirms_where_it_signs_in(
    guest: Browser, idp: Hostile, app: Flask, database: Engine
) -> None:
    browser = signed_in_a_while_ago(guest, idp, app, database)
    browser.get("/account/security")
    assert "/confirm" in browser.send("/account/security/sign-ins/evil").location

    page = browser.get("/confirm?purpose=account&next=/account/security").text
    assert "Confirm with Acme" in page
    assert 'type="password"' not in page
    way = on_the_way(browser.send("/confirm/with/acme?purpose=account&next=/account/security"))
    assert "max_age=0" in way

    idp.subject = "somebody-else"
    refused = come_back(browser, idp.authorise(way))
    assert refused.status_code == 422
    assert "/confirm" in browser.send("/account/security/sign-ins/evil").location, "nothing was confirmed"

    idp.subject = "person-1"
    browser.get("/confirm?purpose=account&next=/account/security")
    way = on_the_way(browser.send("/confirm/with/acme?purpose=account&next=/account/security"))
    assert come_back(browser, idp.authorise(way)).location == "/account/security"
    browser.get("/account/security")
    assert browser.send("/account/security/sign-ins/evil").status_code == 200, "on its way to the other provider"


def test_the_way_back_of_a_confirmation_opens_nothing_in_a_strangers_browser(
    guest: Browser, idp: Hostile, app: Flask, database: Engine
) -> None:
    browser = signed_in_a_while_ago(guest, idp, app, database)
    browser.get("/confirm?purpose=account")
    told = idp.authorise(on_the_way(browser.send("/confirm/with/acme?purpose=account")))
    stranger = Browser(app.test_client())
    stranger.get("/sign-in")
    assert come_back(stranger, told).status_code == 422
    assert not stranger.is_in
