"""What goes with a booking, at the checkout."""

from portal.domains import catalog
from portal.domains.catalog import Along
from portal.kernel.db import transaction
from tests import factories
from tests.portal.web.customer.conftest import Wares, form_of, hold, pay
from tests.support.shop import Browser, Shop


def test_what_goes_with_the_booking_is_offered_and_no_more_of_it_is_taken(
    shop: Shop, me: Browser, wares: Wares
) -> None:
    with transaction(shop.engine) as tx:
        factories.goods(tx, name="Something else")
    hold(me)
    assert "Something else" in me.get("/checkout").text, "while nothing is said to go with it, anything is offered"
    with transaction(shop.engine) as tx:
        catalog.set_addons(tx, wares.room.id, [Along(wares.towel.id, 2)])
    page, field = me.get("/checkout").text, f"goods-{wares.towel.id}"
    assert "Something else" not in page
    assert "at most 2" in page
    assert f'name="{field}" min="0" max="2"' in page
    refused = pay(me, **{field: "3"})
    assert refused.status_code == 422
    assert "At most 2 of Linen towel go with this booking." in refused.text
    paid = me.post("/checkout", {**form_of(refused.text), "payment": "pm_card_visa", "points": "0", field: "2"})
    assert paid.status_code == 303
    shop.settle()
    assert shop.all("SELECT kind, quantity FROM order_lines ORDER BY position") == [("booking", 1), ("goods", 2)]
    assert shop.one("SELECT stock FROM products WHERE id = :id", id=wares.towel.id) == 8
