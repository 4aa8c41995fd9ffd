"""Customers who pay the way their provider wants it."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from portal.domains import orders, payments
from portal.domains.payments.gateways.toss import TossGateway
from portal.kernel.db import transaction
from tests.support.till import Shop

STRIPE_CARDS = {"pays": "pm_card_visa", "no_funds": "pm_card_chargeDeclinedInsufficientFunds"}


@dataclass
class Counter:
    """One shop, and customers who pay there the way its provider wants it."""

    shop: Shop
    provider: str

    def buy(self, card: str = "pays", **more: int) -> tuple[orders.Order, str]:
        """Orders and pays; the order, and how its saga ended."""
        order = self.asked(card, **more)
        return order, self.shop.drive("payment", order.number)

    def asked(self, card: str = "pays", **more: int) -> orders.Order:
        """An order of somebody who agreed to pay; nobody has worked on it since."""
        if self.provider == "stripe":
            return self.shop.order(card=STRIPE_CARDS[card], **more)
        order = self.shop.order(card="toss", **more)
        assert self.shop.drive("payment", order.number) == "waiting"
        self.come_back(order, self.decide(order, "pay", card))
        return order

    def decide(self, order: orders.Order, decision: str, card: str = "pays") -> dict[str, str]:
        """What the customer does in the window; what their browser brings along from it."""
        window = requests.get(str(self.shop.get(order).action_url), timeout=5)
        data = {"decision": decision, "card": card}
        answer = requests.post(window.url, data=data, timeout=5, allow_redirects=False)
        back = urlsplit(answer.headers["Location"])
        assert back.path == f"/orders/{order.number}"
        return dict(parse_qsl(back.query))

    def come_back(self, order: orders.Order, query: dict[str, str]) -> None:
        with transaction(self.shop.engine) as tx:
            assert payments.come_back(tx, orders.get_order(tx, order.id), query)

    def hear(self, body: bytes) -> bool:
        """The provider tells something by itself."""
        gateway = payments.named(self.provider)
        with transaction(self.shop.engine) as tx:
            return payments.take_in(tx, self.provider, gateway.read_event({}, body))


def toss_plugged(shop: Shop) -> Counter:
    base = shop.provider.url
    payments.plug(TossGateway("test_sk_local", window_url=f"{base}/toss/window", api_base=base, timeout=1.0))
    return Counter(shop, "toss")


@pytest.fixture(params=["stripe", "toss"])
def counter(request: pytest.FixtureRequest, shop: Shop) -> Counter:
    return toss_plugged(shop) if request.param == "toss" else Counter(shop, "stripe")


@pytest.fixture
def toss(shop: Shop) -> Iterator[Counter]:
    """What only happens with Toss."""
    yield toss_plugged(shop)
    shop.provider.set(toss_confirm_ms=600_000)


def nothing_taken(shop: Shop, order: orders.Order) -> None:
    assert shop.get(order).state == "cancelled"
    assert shop.charged(order) == []
    assert (shop.balance().available, shop.stock(), shop.places()) == (5000, 5, ["PENDING"])
