"""One order at one provider, whichever of them it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

import local.provider
from portal.domains.payments.gateways import Charge, Gateway
from portal.domains.payments.gateways.stripe import StripeGateway
from portal.domains.payments.gateways.toss import TossGateway

BACK = "http://shop.example/orders/1"
STRIPE_CARDS = {"pays": "pm_card_visa", "no_funds": "pm_card_chargeDeclinedInsufficientFunds"}


@dataclass
class Desk:
    """One order at one provider."""

    gateway: Gateway
    provider: local.provider.Provider
    number: str
    key: str
    amount: int = 30000

    def opened(self, card: str = "pays") -> str:
        """A charge that has taken nothing and can be confirmed; the customer has done their part."""
        charge = self.open()
        if self.gateway.customer_begins:
            return self.provider.authorise(self.gateway.order_ref(self.number, self.key), self.amount, card=card)
        assert charge.ref is not None
        return charge.ref

    def confirm(self, ref: str, card: str = "pays") -> Charge:
        asked: Any = {"amount": Decimal(self.amount), "currency": "KRW", "order_number": self.number}
        return self.gateway.confirm(ref, **asked, token=STRIPE_CARDS[card], return_url=BACK, key=self.key)

    def paid(self) -> str:
        ref = self.opened()
        assert self.confirm(ref).status == "paid"
        return ref

    def repay(self, ref: str, amount: int, key: str | None = None) -> Any:
        return self.gateway.repay(ref, amount=Decimal(amount), currency="KRW", key=key or self.key)

    def taken(self) -> list[int]:
        books = self.provider.books()["payments"]
        return [p["amount_received"] for p in books if p["metadata"]["order"] == self.number and p["amount_received"]]

    def sent_back(self) -> int:
        books = self.provider.books()["payments"]
        return sum(p["amount_refunded"] for p in books if p["metadata"]["order"] == self.number)

    def open(self) -> Charge:
        asked: Any = {"amount": Decimal(self.amount), "currency": "KRW", "order_number": self.number}
        return self.gateway.open(**asked, return_url=BACK, key=self.key)


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local.provider.Provider]:
    with local.provider.running(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture(params=["stripe", "toss"])
def desk(request: pytest.FixtureRequest, provider: local.provider.Provider) -> Iterator[Desk]:
    made: dict[str, Gateway] = {"stripe": stripe_of(provider), "toss": toss_of(provider)}
    yield Desk(made[request.param], provider, f"J-{uuid4().hex[:12]}", f"{uuid4()}:pay:1")
    provider.clear_faults()
    provider.set(toss_confirm_ms=600_000)


@pytest.fixture
def toss(provider: local.provider.Provider) -> Iterator[Desk]:
    """What only Toss does."""
    yield Desk(toss_of(provider), provider, f"J-{uuid4().hex[:12]}", f"{uuid4()}:pay:1")
    provider.clear_faults()
    provider.set(toss_confirm_ms=600_000)


def stripe_of(provider: local.provider.Provider) -> StripeGateway:
    return StripeGateway("sk_test_local", webhook_secret="whsec_local", api_base=provider.url, timeout=1.0)


def toss_of(provider: local.provider.Provider) -> TossGateway:
    return TossGateway("test_sk_local", window_url=f"{provider.url}/toss/window", api_base=provider.url, timeout=1.0)
