"""Korean: chosen by the address, kept in the browser, with dates as Koreans write them."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Come

pytestmark = pytest.mark.browser

HANGUL = re.compile("[가-힣]")
KOREAN_DATE = re.compile(r"20\d\d년 \d{1,2}월 \d{1,2}일 \([월화수목금토일]\) (오전|오후) \d{1,2}:\d\d")


def test_korean_pages_have_korean_headings_and_dates(come: Come) -> None:
    visitor = come()
    visitor.goto("/?lang=ko")
    expect(visitor.locator("html")).to_have_attribute("lang", "ko")
    expect(visitor.get_by_role("heading", level=1)).to_have_text(HANGUL)
    expect(visitor.locator(".card-next time").first).to_have_text(KOREAN_DATE)
    # The choice is kept.
    visitor.locator(".card-name a").first.click()
    visitor.wait_for_url("**/products/**")
    expect(visitor.locator("html")).to_have_attribute("lang", "ko")
    expect(visitor.locator("#slots h2").first).to_have_text(HANGUL)


def test_a_browser_that_reads_korean_gets_korean(come: Come) -> None:
    visitor = come(locale="ko-KR")
    visitor.goto("/sign-in")
    expect(visitor.get_by_role("heading", level=1)).to_have_text(HANGUL)
