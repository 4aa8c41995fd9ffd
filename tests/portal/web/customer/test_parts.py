"""A product with several people and rooms, seen by a customer: who they are, choosing one, and being told who it is."""

import re
from uuid import UUID

import pytest

from portal.domains.resources.models import Offering, Resource
from portal.kernel.db import transaction
from tests import factories
from tests.portal.web.customer.conftest import Wares
from tests.support.shop import Browser, Shop


@pytest.fixture
def people(shop: Shop, wares: Wares) -> dict[str, UUID]:
    """The room's hour is now served by the room, by Kim or by Lee; customers may say by whom."""
    with transaction(shop.engine) as tx:
        own = tx.query(Offering).filter_by(product_id=wares.room.id).one()
        tx.get_one(Resource, own.resource_id).name = "Park"
        ids = {name: factories.resource(tx, name=name).id for name in ("Kim", "Lee")}
        factories.also(tx, wares.room.id, ids.values(), choosable=True)
        return ids | {"Park": own.resource_id}


def test_the_page_names_them_and_lets_one_choose(people: dict[str, UUID], visitor: Browser) -> None:
    page = visitor.get("/products/studio-a").text
    assert "Therapist: Kim, Lee, Park" in page
    assert "No preference" in page
    (select,) = re.findall('<select id="with-0"[^>]*>', page)
    assert "required" not in select, "a browser would not send the form without a preference"
    chosen = visitor.get(f"/products/studio-a?with={people['Lee']}").text
    assert f'value="{people["Lee"]}" selected' in chosen


def test_a_named_one_is_held_and_told_at_the_checkout(people: dict[str, UUID], me: Browser, wares: Wares) -> None:
    form = {"start": wares.start.isoformat(), "quantity": "1", "length": "60", "with": str(people["Lee"])}
    assert me.post("/products/studio-a/holds", form).status_code == 303
    assert "With Lee" in me.get("/checkout").text


def test_anyone_is_whoever_has_least_to_do(people: dict[str, UUID], me: Browser, wares: Wares) -> None:
    form = {"start": wares.start.isoformat(), "quantity": "1", "length": "60", "with": ""}
    assert me.post("/products/studio-a/holds", form).status_code == 303
    assert "With Kim" in me.get("/checkout").text
