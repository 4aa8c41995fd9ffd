"""A whole page for browsers, the named block for htmx; the client never chooses."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.support import people

HTMX = {"HX-Request": "true"}


def test_a_browser_gets_the_page_and_htmx_the_block(visitor: FlaskClient) -> None:
    page, piece = visitor.get("/house/open"), visitor.get("/house/open", headers=HTMX)
    assert "<h1>A room</h1>" in page.text
    assert piece.text.startswith("<p>&lt;b&gt; ")
    assert piece.text.endswith(" en</p>")
    assert piece.text in page.text
    assert "HX-Request" in page.vary
    assert "HX-Request" in piece.vary


@pytest.mark.parametrize("extra", [{"HX-Boosted": "true"}, {"HX-History-Restore-Request": "true"}])
def test_going_back_and_boosted_links_get_the_whole_page(visitor: FlaskClient, extra: dict[str, str]) -> None:
    assert "<h1>A room</h1>" in visitor.get("/house/open", headers=HTMX | extra).text


def test_no_header_of_the_client_chooses_the_block(visitor: FlaskClient) -> None:
    plain = visitor.get("/house/open", headers=HTMX).text
    asked = visitor.get("/house/open", headers=HTMX | {"HX-Target": "other", "HX-Trigger": "other"}).text
    assert asked == plain


def test_several_blocks_come_one_after_the_other(visitor: FlaskClient, database: Engine) -> None:
    people.sign_in(visitor, people.customer(database, name="Kim <Minseo>"))
    text = visitor.get("/house/mine", headers=HTMX).text
    assert text.startswith("<p>mine ")
    assert text.endswith('id="other">Kim &lt;Minseo&gt;</p>')


def test_after_a_deed_a_browser_goes_on_with_303_and_htmx_by_its_header(visitor: FlaskClient, database: Engine) -> None:
    kim = people.sign_in(visitor, people.customer(database))
    browser = visitor.post("/house/mine", data={"csrf_token": kim.csrf})
    assert (browser.status_code, browser.location) == (303, "/house/mine")
    fragment = visitor.post("/house/mine", data={"csrf_token": kim.csrf}, headers=HTMX)
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (204, "/house/mine")
    assert "Location" not in fragment.headers
