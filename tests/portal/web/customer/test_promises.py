"""The refund rule stands before the button, and what it said there is what holds."""

import re

from portal.domains import catalog
from portal.domains.catalog import PolicyFields
from portal.kernel.db import transaction
from tests.portal.web.customer.conftest import Wares, form_of, hold
from tests.support.shop import Browser, Shop

MARK = r'name="(terms-[^"]+)" value="([^"]*)"'


def test_each_thing_has_its_own_rule_and_a_place_keeps_that_of_its_hold(shop: Shop, me: Browser, wares: Wares) -> None:
    sold_under(shop, wares.room, PolicyFields("With a fee", [(24, 100)], fee_percent=10))
    hold(me)
    sold_under(shop, wares.room, PolicyFields("Never", refundable=False))
    sold_under(shop, wares.towel, PolicyFields("Towels", [(48, 50)]))
    page = me.get(f"/checkout?goods-{wares.towel.id}=1").text
    told = page[: page.index("Pay ₩35,000")]
    assert "Studio A: You get back everything until" in told
    assert "less a fee of 10 % of the price" in told
    assert "Linen towel: You get back half until" in told
    assert "nothing comes back" not in told


def test_a_rule_of_goods_that_changed_since_it_was_shown_is_shown_again_first(
    shop: Shop, me: Browser, wares: Wares
) -> None:
    page = me.get(f"/checkout?goods-{wares.towel.id}=1").text
    assert "You get back everything." in page, "goods alone have no time to be late for"
    form = {**form_of(page), **dict(re.findall(MARK, page))}
    sold_under(shop, wares.towel, PolicyFields("Never", refundable=False))
    sent = {**form, "payment": "pm_card_visa", "points": "0", f"goods-{wares.towel.id}": "1"}
    answer = me.post("/checkout", sent)
    assert answer.status_code == 409
    assert "has changed meanwhile" in answer.text
    assert "Not refundable: once it is paid" in answer.text
    assert shop.one("SELECT count(*) FROM orders") == 0
    again = {**sent, **dict(re.findall(MARK, answer.text))}
    assert me.post("/checkout", again).status_code == 303


def sold_under(shop: Shop, product: catalog.Product, fields: PolicyFields) -> None:
    with transaction(shop.engine) as tx:
        made = catalog.create_refund_policy(tx, fields)
        catalog.assign_refund_policy(tx, product.id, catalog.get_product(tx, product.id).version, made.id)
