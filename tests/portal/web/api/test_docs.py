"""The page about the API: every call on it, nothing from elsewhere."""

import re

from portal.web.api.calls import CALLS
from tests.portal.web.api.conftest import Shop


def test_every_call_is_told_of(shop: Shop) -> None:
    page = shop.app.test_client().get("/api/v1/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    told = re.findall(r'api-method api-\w+">(\w+)</span> <code>([^<]+)</code>', page.text)
    assert sorted(told) == sorted((call.method, _with_gaps(call.rule)) for call in CALLS)
    assert len(re.findall(r'id="(?:get|post|delete)-[^"]+"', page.text)) == len(CALLS)


def test_every_link_within_the_page_leads_somewhere(shop: Shop) -> None:
    text = shop.app.test_client().get("/api/v1/docs").text
    wanted = set(re.findall(r'href="#([^"]+)"', text))
    assert "first-steps" in wanted
    assert wanted <= set(re.findall(r'id="([^"]+)"', text))


def test_nothing_on_it_comes_from_elsewhere(shop: Shop) -> None:
    text = shop.app.test_client().get("/api/v1/docs").text
    sources = re.findall(r'(?:src|href)="([^"#]+)"', text)
    assert sources
    assert all(source.startswith("/") and not source.startswith("//") for source in sources)


def test_words_in_backquotes_are_code(shop: Shop) -> None:
    text = shop.app.test_client().get("/api/v1/docs").text
    assert "<code>slot-taken</code>" in text
    assert "`" not in re.sub(r"<(pre|script).*?</\1>", "", text, flags=re.S)


def _with_gaps(rule: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
