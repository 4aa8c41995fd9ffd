"""Money and time in templates."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, render_template_string

from portal.kernel import clock
from portal.kernel.money import Money

MOMENT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def request_in_english(house: Flask) -> Iterator[None]:
    with house.test_request_context("/?lang=en"):
        yield


@pytest.mark.usefixtures("request_in_english")
@pytest.mark.parametrize(
    ("template", "value", "told"),
    [
        ("{{ v|money }}", Money(Decimal(30000), "KRW"), "₩30,000"),
        ("{{ v|money }}", Money(Decimal("12.5"), "USD"), "$12.50"),
        ("{{ v|money('USD') }}", Decimal("12.5"), "$12.50"),
        ("{{ v|money }}", 30000, "₩30,000"),
        ("{{ v|money }}", None, ""),
        ("{{ v|money }}", Money(Decimal(-30000), "KRW"), "−₩30,000"),
        ("{{ v|number }}", -30000, "−30,000"),
        ("{{ v|change }}", 30000, "+30,000"),
        ("{{ v|moment }}", MOMENT, "Tue 1 Dec 2026, 10:00 (KST)"),
        ("{{ v|moment('Europe/Berlin') }}", MOMENT, "Tue 1 Dec 2026, 02:00 (CET)"),
        ("{{ v|moment }}", MOMENT.astimezone(ZoneInfo("Europe/Berlin")), "Tue 1 Dec 2026, 02:00 (CET)"),
        ("{{ v|day }}", datetime(2026, 11, 30, 20, 0, tzinfo=UTC), "Tue 1 Dec 2026"),
        ("{{ v|day }}", date(2026, 12, 1), "Tue 1 Dec 2026"),
        ("{{ v|clock('Asia/Seoul') }}", MOMENT, "10:00"),
        ("{{ v|moment }}", None, ""),
        ("{{ has_endpoint(v) }}", "auth.sign_in", "True"),
        ("{{ has_endpoint(v) }}", "auth.nowhere", "False"),
    ],
)
def test_what_a_template_writes(template: str, value: object, told: str) -> None:
    assert render_template_string(template, v=value) == told


def test_korean_readers_get_korean_forms(house: Flask) -> None:
    with house.test_request_context("/?lang=ko"):
        assert render_template_string("{{ v|moment }}", v=MOMENT) == "2026년 12월 1일 (화) 오전 10:00"
        assert render_template_string("{{ v|money }}", v=30000) == "₩30,000"


@pytest.mark.usefixtures("request_in_english")
@pytest.mark.parametrize(
    ("away", "told"),
    [(timedelta(minutes=-3, seconds=-5), "3 minutes ago"), (timedelta(hours=2, seconds=5), "in 2 hours")],
)
def test_how_long_ago(away: timedelta, told: str) -> None:
    assert render_template_string("{{ v|ago }}", v=clock.now() + away) == told


@pytest.mark.usefixtures("request_in_english")
def test_a_component_there_is_none_of_is_named(house: Flask) -> None:
    with pytest.raises(AttributeError, match="sets no buton"):
        house.jinja_env.globals["ui"].buton  # noqa: B018  # the look-up is the test


def test_the_way_to_a_page_begins_where_the_portal_is_mounted(house: Flask) -> None:
    for root in ("", "/shop", ""):
        with house.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
            assert render_template_string("{{ way_to('auth.sign_in') }}") == f"{root}/sign-in"
