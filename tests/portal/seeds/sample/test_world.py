"""The sample world: complete, good to look at, and built again without doubling."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pyotp
import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from portal.domains import catalog, identity, orders, points, reservations, resources
from portal.domains.identity import Vault
from portal.kernel import sagas
from portal.kernel.db import Tx
from portal.seeds import sample

NOW = datetime(2026, 11, 16, 3, tzinfo=UTC)
SEOUL = ZoneInfo("Asia/Seoul")
BOUND = {"rehearsal-room": 2, "harbour-lights": 1, "kimchi-kitchen": 2, "fortress-by-night": 0}
"""How many tiers the refund policies of these have."""
VAULT = Vault("a key for the tests of the sample world")


@pytest.fixture(scope="module")
def world(engine: Engine) -> Iterator[tuple[Connection, list[sample.Person]]]:
    """The sample world, built once for all tests of this file and never committed."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as tx:
            invited = sample.invite(tx, vault=VAULT, now=NOW)
            sample.build(tx, by=account(tx, "staff@example.com"), now=NOW)
            tx.commit()
        yield connection, invited
        outer.rollback()


@pytest.fixture
def tx(world: tuple[Connection, list[sample.Person]]) -> Iterator[Tx]:
    """A transaction in the world, rolled back to how it was built."""
    connection, _ = world
    inner = connection.begin_nested()
    with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
        yield session
    inner.rollback()


@pytest.fixture
def people(world: tuple[Connection, list[sample.Person]]) -> list[sample.Person]:
    return world[1]


def account(tx: Tx, email: str) -> UUID:
    found = identity.find_by_email(tx, email)
    assert found is not None
    return found.id


def product(tx: Tx, slug: str) -> catalog.Product:
    found = catalog.find_product(tx, slug)
    assert found is not None
    return found


def count(tx: Tx) -> list[int]:
    tables = ("accounts", "points_entries", "categories", "products", "prices", "resources", "closures", "offerings")
    tables = (*tables, "refund_policies", "refund_rules")
    return [tx.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in (*tables, "stock_movements")]


def test_everything_listed_has_a_price_a_picture_and_words(tx: Tx, root: Path) -> None:
    items = catalog.list_products(tx, now=NOW, limit=100).items
    assert len(items) >= 18
    assert "self-check" not in [item.product.slug for item in items]
    assert catalog.on_sale(tx, product(tx, "self-check").id), "what the demo tries itself on is found by its address"
    for item in items:
        assert item.price is not None
        assert item.product.summary
        assert item.product.description
        assert (root / f"static/covers/{item.product.cover}.svg").is_file()
        bookable = resources.offering_of(tx, item.product.id)
        assert (bookable is not None) == (item.product.kind == "booking")
    tops = catalog.category_tree(tx, now=NOW)
    assert tops[-1].category.slug == "extras"
    assert all(node.products for node in catalog.flat(tops))


def test_every_booking_has_times_within_the_next_two_weeks(tx: Tx) -> None:
    first = NOW.date() + timedelta(days=1)
    for item in catalog.list_products(tx, now=NOW, kind="booking", limit=100).items:
        slots = reservations.slots(tx, item.product.id, first=first, last=first + timedelta(days=14), now=NOW)
        assert any(slot.available for slot in slots), item.product.slug


def test_classes_begin_at_their_times_only(tx: Tx) -> None:
    saturday = datetime(2026, 11, 21, tzinfo=SEOUL).date()
    slots = reservations.slots(tx, product(tx, "wheel-throwing").id, first=saturday, last=saturday, now=NOW)
    assert [(s.start.astimezone(SEOUL).strftime("%H:%M"), s.units) for s in slots] == [("11:00", 12), ("14:30", 12)]


def test_two_treatments_share_one_therapist(tx: Tx) -> None:
    places = [resources.offering_of(tx, product(tx, slug).id) for slug in ("deep-rest-60", "deep-rest-90")]
    assert len({place.resource_id for place in places if place}) == 1


def test_a_price_change_next_month_can_be_seen(tx: Tx) -> None:
    kayak = product(tx, "gwangalli-kayak")
    history = [(int(price.amount), price.valid.lower) for price in catalog.price_history(tx, kayak.id)]
    assert [amount for amount, _ in history] == [10_000, 9_000, 8_000]
    assert history[0][1] == datetime(2026, 12, 1, tzinfo=SEOUL)


def test_four_refund_policies_are_in_use(tx: Tx) -> None:
    said = {slug: catalog.terms_in_force(tx, product(tx, slug).id) for slug in BOUND}
    assert {slug: len(terms.tiers) for slug, terms in said.items()} == BOUND
    assert said["kimchi-kitchen"].fee == 5_000
    assert said["rehearsal-room"] == catalog.USUAL, "what is usual elsewhere is written down here"


def test_what_rests_is_closed_on_holidays(tx: Tx) -> None:
    christmas = datetime(2026, 12, 25, tzinfo=SEOUL).date()
    days = reservations.day_states(
        tx, product(tx, "deep-rest-60").id, first=christmas, last=christmas + timedelta(days=1), now=NOW
    )
    assert [day.state for day in days] == ["closed", "free"]


def test_staff_can_sign_in_with_a_code_at_once_and_customers_have_points(tx: Tx, people: list[sample.Person]) -> None:
    staff = people[-1]
    assert staff.totp_secret is not None
    code = pyotp.TOTP(staff.totp_secret).at(NOW)
    assert identity.verify_totp(tx, VAULT, account(tx, staff.email), code, now=NOW)
    assert identity.check_password(tx, staff.email, staff.password) is not None
    for person in people[:-1]:
        assert points.balance_of(tx, account(tx, person.email)).available == person.points > 0


def test_building_again_changes_nothing_and_keeps_what_staff_changed(tx: Tx, people: list[sample.Person]) -> None:
    kayak = product(tx, "gwangalli-kayak")
    fields = catalog.ProductFields(kayak.category_id, "Kayaks, renamed")
    catalog.edit_product(tx, kayak.id, kayak.version, fields)
    before = count(tx)
    later = NOW + timedelta(days=40)
    again = sample.invite(tx, vault=VAULT, now=later)
    sample.build(tx, by=account(tx, "staff@example.com"), now=later)
    assert count(tx) == before
    assert again[-1].totp_secret is None
    assert product(tx, "gwangalli-kayak").name == "Kayaks, renamed"


class NoEngine:
    """Stands in for the saga engine: remembers what was begun and runs nothing."""

    def __init__(self) -> None:
        self.begun: list[Mapping[str, Any]] = []

    def begin(self, tx: Tx, kind: str, key: str, command: Mapping[str, Any]) -> UUID:
        self.begun.append(command)
        return uuid4()


def test_other_customers_have_filled_some_days(tx: Tx, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = NoEngine()
    monkeypatch.setattr(sagas, "_engine", engine)
    now = datetime.now(UTC)  # the end of a hold is the database's own clock
    placed = sample.book(tx, now=now)
    assert placed == len(engine.begun) >= 10
    assert all(Decimal(command["charge"]) > 0 for command in engine.begun)
    states = {
        day.state
        for slug in ("wheel-throwing", "fortress-by-night")
        for day in reservations.day_states(
            tx, product(tx, slug).id, first=now.date(), last=now.date() + timedelta(days=30), now=now
        )
    }
    assert {"full", "few", "free", "closed"} <= states
    assert sample.book(tx, now=now) == 0
    assert len(orders.orders_of(tx, account(tx, "customer@example.com"))) == 0
