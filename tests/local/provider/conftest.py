"""One provider for most tests of this folder, kept apart by metadata; a shop that listens to its webhooks."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import stripe

from local.provider import Provider, running

RETURN_URL = "http://shop.example/return?order=7"


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with running(tmp_path_factory.mktemp("provider")) as provider:
        provider.set(pending_refund_ms=150)
        yield provider


@pytest.fixture
def provider(shared: Provider) -> Iterator[Provider]:
    """The shared provider, with no fault in force before or after."""
    shared.clear_faults()
    yield shared
    shared.clear_faults()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Provider]:
    """A provider of the test's own, to kill or to look at alone."""
    with running(tmp_path / "provider") as provider:
        yield provider


@dataclass
class Till:
    """What a shop does with the official SDK, for one order; `again` sends under the same key."""

    client: stripe.StripeClient
    order: str = field(default_factory=lambda: uuid4().hex)

    def create(self, method: str | None = "pm_card_visa", *, key: str | None = None, **more: Any) -> Any:
        params: Any = {"amount": 30000, "currency": "krw", "metadata": {"order": self.order}}
        params |= ({"payment_method": method} if method else {}) | more
        return self.client.v1.payment_intents.create(params, _options(key))

    def confirm(self, intent: str, method: str | None = None, *, key: str | None = None) -> Any:
        params: Any = {"return_url": RETURN_URL} | ({"payment_method": method} if method else {})
        return self.client.v1.payment_intents.confirm(intent, params, _options(key))

    def pay(self, method: str = "pm_card_visa", *, key: str | None = None, **more: Any) -> Any:
        return self.create(method, key=key, confirm=True, return_url=RETURN_URL, **more)

    def refund(self, intent: str, amount: int | None = None, *, key: str | None = None, **more: Any) -> Any:
        params: Any = {"payment_intent": intent, "metadata": {"order": self.order}} | more
        if amount is not None:
            params["amount"] = amount
        return self.client.v1.refunds.create(params, _options(key))

    def cancel(self, intent: str) -> Any:
        return self.client.v1.payment_intents.cancel(intent)

    def retrieve(self, intent: str, **more: Any) -> Any:
        params: Any = more
        return self.client.v1.payment_intents.retrieve(intent, params)

    def search(self, query: str | None = None, **params: Any) -> Any:
        asked: Any = {"query": query or f"metadata['order']:'{self.order}'"} | params
        return self.client.v1.payment_intents.search(asked)


def _options(key: str | None) -> Any:
    return {"idempotency_key": key or uuid4().hex}


def till(provider: Provider, *, retries: int = 0, timeout: float = 10.0, api_key: str = "sk_test_local") -> Till:
    client = stripe.StripeClient(
        api_key,
        base_addresses={"api": provider.url},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeout),
    )
    return Till(client)


@pytest.fixture
def shop(provider: Provider) -> Till:
    return till(provider)


def payments(provider: Provider, order: str) -> list[dict[str, Any]]:
    return [payment for payment in provider.books()["payments"] if payment["metadata"].get("order") == order]


def times_charged(provider: Provider, order: str) -> int:
    return sum(payment["times_charged"] for payment in payments(provider, order))


def refunds(provider: Provider, order: str) -> list[dict[str, Any]]:
    return [refund for refund in provider.books()["refunds"] if refund["metadata"].get("order") == order]


def until(true: Callable[[], Any], seconds: float = 5.0) -> Any:
    """Wait for something that another process does."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
    return found


@dataclass
class Mailbox:
    """What the shop was told; `answers` are the next statuses it says, then 200."""

    url: str
    secret: str
    posts: list[tuple[float, str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def events(self, order: str, kind: str) -> list[dict[str, Any]]:
        """Events of the order, each signature checked by the SDK."""
        told = [stripe.Webhook.construct_event(body, signature, self.secret) for _, signature, body in list(self.posts)]
        found = [event.to_dict() for event in told]
        return [e for e in found if e["type"] == kind and e["data"]["object"]["metadata"].get("order") == order]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status = box.answers.pop(0) if box.answers else 200
            box.posts.append((time.monotonic(), self.headers["Stripe-Signature"], body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    box = Mailbox(f"http://127.0.0.1:{server.server_port}/hooks?from=provider", "whsec_of_the_test")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield box
    server.shutdown()
    server.server_close()
    thread.join()
