"""Every form that edits: of two who opened it at once, the second is shown both versions and overwrites nothing.

The forms are found by walking the pages, so that a new one cannot be forgotten.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from portal.domains import catalog, resources
from portal.domains.catalog import AttributeFields, PolicyFields
from portal.domains.resources import SeriesFields
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk
from tests.support import people
from tests.support.drawing import file_of

Fields = dict[str, Any]
DAY = (clock.now() + timedelta(days=400)).date()


@dataclass
class Form:
    """A form of a page: where it goes, and every field as a browser would send it, hidden ones too."""

    action: str
    fields: Fields = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)
    """The fields that people see."""


class Forms(HTMLParser):
    """Every form of a page that is posted."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._select = self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self._form = Form(given.get("action") or "") if given.get("method") == "post" else None
            self.found += [self._form] if self._form else []
        elif self._form is None:
            return
        elif tag == "input" and name:
            hidden = given.get("type") == "hidden"
            if given.get("type") != "checkbox" or "checked" in given:
                self._form.fields.setdefault(name, []).append(value)
            self._form.typed |= set() if hidden else {name}
        elif tag in ("select", "textarea"):
            self._form.typed.add(name)
            self._form.fields.setdefault(name, [] if tag == "select" else [""])
            self._select, self._text = (name, "") if tag == "select" else ("", name)
        elif tag == "option" and self._select and ("selected" in given or not self._form.fields[self._select]):
            self._form.fields[self._select] = [value]

    def handle_data(self, data: str) -> None:
        if self._form and self._text:
            self._form.fields[self._text] = [data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag in ("select", "textarea"):
            self._select = self._text = ""


@dataclass(frozen=True)
class House:
    """One of each thing that staff edit."""

    pages: list[str]
    policies: list[str]
    other_place: str
    goods: str
    picture: str
    series: str


@pytest.fixture
def house(database: Engine) -> House:
    def made(tx: Tx) -> House:
        room, tea = factories.bookable(tx, name="Studio"), factories.goods(tx, name="Tea", stock=3)
        facts = AttributeFields(name="Size", kind="number", unit="m²")
        size = catalog.create_attribute(tx, room.product.category_id, facts)
        policies = [
            str(catalog.create_refund_policy(tx, PolicyFields(name=name, tiers=[(24, 100)]), currency="KRW").id)
            for name in ("Mild", "Strict")
        ]
        pages = [
            f"/categories/{room.product.category_id}",
            f"/attributes/{size.id}",
            f"/products/{room.product.id}",
            f"/products/{tea.id}",
            f"/products/{catalog.create_variant(tx, factories.goods(tx, name='Mug').id, 'Large').id}",
            f"/policies/{policies[0]}",
            f"/resources/{room.resource.id}",
        ]
        picture = catalog.add_picture(tx, tea.id, file_of(400, 400), alt="A cup")
        other = factories.resource(tx, name="Other")
        mondays = SeriesFields("week", frozenset({0}), DAY)
        series = resources.close_again_and_again(tx, room.resource.id, mondays, now=clock.now())
        return House(pages, policies, str(other.id), str(tea.id), str(picture.id), str(series.id))

    with transaction(database) as tx:
        return made(tx)


def one_and_other(house: House) -> dict[str, tuple[Fields, Fields]]:
    """What the first and the second editor type, by the view that takes it."""
    week = {f"dated-day{n}": ["09:00-10:00"] for n in range(7)}
    days: Fields = {"dated-first": [DAY.isoformat()], "dated-last": [(DAY + timedelta(days=6)).isoformat()]}
    along: Fields = {"along-goods_0": [house.goods]}
    parts: Fields = {"parts-places_0": [house.other_place]}
    return {
        "edit_category": ({"description": ["Theirs"]}, {"description": ["Mine"]}),
        "edit_attribute": ({"unit": ["sq"]}, {"unit": ["ft²"]}),
        "edit_product": ({"summary": ["Theirs"]}, {"summary": ["Mine"]}),
        "schedule_price": (
            {"price-amount": ["31000"], "price-reason": ["Lamps"]},
            {"price-amount": ["32000"], "price-reason": ["Heating"]},
        ),
        "assign_policy": ({"refund_policy": [house.policies[0]]}, {"refund_policy": [house.policies[1]]}),
        "set_offering": ({"offering-lead_time": ["60"]}, {"offering-lead_time": ["90"]}),
        "edit_variant": ({"variant-variant": ["Theirs"]}, {"variant-variant": ["Mine"]}),
        "edit_picture": ({f"{house.picture}-alt": ["Theirs"]}, {f"{house.picture}-alt": ["Mine"]}),
        "set_addons": (along | {"along-most_0": ["2"]}, along | {"along-most_0": ["3"]}),
        "set_parts": (parts | {"parts-name_0": ["Room"]}, parts | {"parts-name_0": ["Guide"]}),
        "set_rush": ({"rush-at_once": ["10"]}, {"rush-at_once": ["20"]}),
        "edit_policy": ({"percent_1": ["90"]}, {"percent_1": ["80"]}),
        "edit_resource": ({"place": ["Theirs"]}, {"place": ["Mine"]}),
        "set_hours": ({"week-day0": ["09:00-10:00"]}, {"week-day0": ["11:00-12:00"]}),
        "change_series": (
            {f"again-{house.series}-reason": ["Theirs"]},
            {f"again-{house.series}-reason": ["Mine"]},
        ),
        "set_dated_hours": (days | week, days | week | {"dated-day0": ["11:00-12:00"]}),
    }


ONLY_ADD = {"adjust_stock", "close", "close_again_and_again", "create_variant", "add_picture"}
"""What comes to what is there and replaces nothing: a movement of stock, a closure (two that meet are refused)."""


@pytest.fixture
def desks(app: Flask, database: Engine) -> list[Desk]:
    made = []
    for _ in range(2):
        client = app.test_client()
        signed_in = people.sign_in(client, people.staff(database, "catalog"))
        made.append(Desk(client, signed_in.csrf, signed_in.person.id))
    return made


def edits(app: Flask, desk: Desk, pages: list[str]) -> Iterator[tuple[str, Form]]:
    """Every form of these pages in which something is typed or chosen, by the view that takes it."""
    views = app.url_map.bind("localhost")
    for page in pages:
        answer = desk.get(page)
        assert answer.status_code == 200
        for form in Forms(answer.text).found:
            view, _given = views.match(form.action, method="POST")
            if form.typed and view.startswith("staff."):
                yield view.removeprefix("staff."), form


def test_every_form_that_edits_is_known_here(app: Flask, desks: list[Desk], house: House) -> None:
    found = {view for view, _form in edits(app, desks[0], house.pages)}
    assert found == set(one_and_other(house)) | ONLY_ADD


def test_of_two_editors_of_any_form_the_second_is_shown_both(app: Flask, desks: list[Desk], house: House) -> None:
    changes = one_and_other(house)
    tried = set()
    for page in house.pages:
        for view in {name for name, _form in edits(app, desks[0], [page])} - ONLY_ADD:
            form, seen = (dict(edits(app, desk, [page]))[view] for desk in desks)
            theirs, mine = changes[view]
            assert send(desks[0], form, theirs).status_code == 303, view
            late = send(desks[1], seen, mine)
            assert late.status_code == 409, view
            (kept,) = [one for one in Forms(late.text).found if one.action == form.action]
            for name, values in mine.items():
                assert kept.fields.get(name, []) == values, (view, name)
            assert 'class="differs"' in late.text, view
            over = send(desks[1], kept, {})
            told = re.findall(r"field-error.*?<span>(.*?)</span>", over.text, re.S)
            assert over.status_code == 303, f"{view}: knowingly, mine may be saved over theirs; {told}"
            tried.add(view)
    assert tried == set(changes)


def test_two_who_close_the_same_days_do_not_close_them_twice(desks: list[Desk], house: House) -> None:
    days = {"closure-first": DAY.isoformat(), "closure-last": DAY.isoformat()}
    assert desks[0].post(f"{house.pages[-1]}/closures", **days).status_code == 303
    refused = desks[1].post(f"{house.pages[-1]}/closures", **days)
    assert refused.status_code == 422
    assert "It is closed then already" in refused.text


def send(desk: Desk, form: Form, change: Fields) -> Any:
    fields = {name: value for name, value in (form.fields | change).items() if name != "csrf_token"}
    return desk.post(form.action.removeprefix("/staff"), **fields)
