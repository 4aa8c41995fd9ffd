"""The language of a page: asked for, chosen before, or the best the browser reads."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from portal.domains import identity
from portal.kernel.db import transaction
from tests.support import people


@pytest.mark.parametrize(
    ("asked", "chosen", "reads", "spoken"),
    [
        ("", "", "", "en"),
        ("", "", "ko-KR,ko;q=0.9,en;q=0.5", "ko"),
        ("", "", "fr,de;q=0.5", "en"),
        ("", "ko", "en", "ko"),
        ("en", "ko", "ko", "en"),
        ("xx", "ko", "en", "ko"),
        ("", "xx", "ko", "ko"),
    ],
)
def test_which_language_a_page_speaks(visitor: FlaskClient, asked: str, chosen: str, reads: str, spoken: str) -> None:
    if chosen:
        visitor.set_cookie("lang", chosen, domain="localhost")
    path = f"/house/open?lang={asked}" if asked else "/house/open"
    answer = visitor.get(path, headers={"Accept-Language": reads})
    assert f'<html lang="{spoken}">' in answer.text
    assert answer.headers["Content-Language"] == spoken


def test_a_language_asked_for_once_is_remembered(visitor: FlaskClient) -> None:
    visitor.get("/house/open?lang=ko")
    assert '<html lang="ko">' in visitor.get("/house/open").text
    assert "로그인" in visitor.get("/house/open").text


def test_choosing_a_language_is_kept_for_the_account(visitor: FlaskClient, database: Engine) -> None:
    kim = people.sign_in(visitor, people.customer(database))
    form = {"lang": "ko", "next": "/house/mine", "csrf_token": kim.csrf}
    answer = visitor.post("/language", data=form)
    assert (answer.status_code, answer.location) == (303, "/house/mine")
    assert '<html lang="ko">' in visitor.get("/house/mine").text
    with transaction(database) as tx:
        assert identity.get_account(tx, kim.person.id).locale == "ko"
    evil = visitor.post("/language", data=form | {"next": "//evil.example", "lang": "xx"})
    assert evil.location == "/"
    assert '<html lang="ko">' in visitor.get("/house/mine").text


def test_what_a_template_says_is_translated_and_what_it_is_given_is_escaped(app: Flask) -> None:
    page = app.jinja_env.from_string('{{ _("%(n)s left", n=n) }} {{ _("Free") }} {{ _("100%% wool") }}')
    spoken = {"en": "&lt;b&gt; left Free 100% wool", "ko": "&lt;b&gt;자리 빈자리 100% wool"}
    for language, said in spoken.items():
        with app.test_request_context(f"/?lang={language}"):
            assert page.render(n="<b>") == said
