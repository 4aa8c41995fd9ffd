"""What a product is offered for: on sale only with every category above it, at the price of the moment."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from portal.domains import catalog
from portal.kernel import clock
from portal.kernel.db import Tx
from tests import factories
from tests.support.nobody import NOBODY

NOW = clock.now()


@pytest.mark.parametrize("withdrawn", [0, 1, 2])
def test_what_stands_beneath_a_withdrawn_category_is_not_on_sale(tx: Tx, withdrawn: int) -> None:
    top = factories.category(tx)
    middle = factories.category(tx, parent_id=top.id)
    below = factories.category(tx, parent_id=middle.id)
    room = factories.product(tx, category_id=below.id)
    beside = factories.product(tx, category_id=factories.category(tx).id)
    assert catalog.on_sale(tx, room.id)

    hidden = (top, middle, below)[withdrawn].id
    tx.execute(text("UPDATE categories SET withdrawn_at = now() WHERE id = :id"), {"id": hidden})
    assert not catalog.on_sale(tx, room.id)
    offers = catalog.offers(tx, [room.id, beside.id], NOW)
    assert {offer.id: offer.on_sale for offer in offers.values()} == {room.id: False, beside.id: True}


def test_an_offer_has_the_price_of_its_moment_or_none(tx: Tx) -> None:
    tea, room = factories.goods(tx, stock=3, amount=6000, name="Tea"), factories.product(tx, name="Studio")
    catalog.schedule_price(
        tx, tea.id, amount=Decimal(7000), unit="piece", starts_at=NOW + timedelta(days=1), reason="Tea", now=NOW
    )

    offers = catalog.offers(tx, [tea.id, room.id, NOBODY], NOW + timedelta(hours=1))
    assert offers.keys() == {tea.id, room.id}
    assert (offers[tea.id].name, offers[tea.id].kind, offers[tea.id].stock) == ("Tea", "goods", 3)
    assert (offers[room.id].name, offers[room.id].stock, offers[room.id].price) == ("Studio", None, None)
    for days, amount in ((0, 6000), (2, 7000)):
        price = catalog.offers(tx, [tea.id], NOW + timedelta(days=days))[tea.id].price
        assert price is not None
        assert (price.amount, price.currency, price.unit) == (amount, "KRW", "piece")
