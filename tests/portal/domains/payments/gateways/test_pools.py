"""The way to a provider whose server breaks off, is silent, answers nonsense or shows a wrong certificate."""

import socket
import ssl
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
import stripe

from local.ports import free_port
from portal.domains.payments.gateways.pools import KEPT
from portal.domains.payments.gateways.stripe import StripeGateway
from portal.domains.payments.gateways.stripe_http import PooledClient
from portal.domains.payments.gateways.toss import TossGateway
from portal.kernel.steps import Unknown
from tests.portal.domains.payments.gateways.faulty_web import (
    BROKEN,
    Call,
    Web,
    answers_and_hangs_up,
    charge,
    hangs_up,
)
from tests.support.certificate import certificate


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        Thread(target=web.serve_forever, args=(0.01,), daemon=True).start()
        yield web
        web.over.set()
        web.shutdown()


def gateway(address: str, timeout: float = 5.0) -> StripeGateway:
    return StripeGateway("sk_test_local", webhook_secret="whsec_local", api_base=address, timeout=timeout)


def toss(address: str, timeout: float = 5.0) -> TossGateway:
    return TossGateway("sk_test_local", window_url=address, api_base=address, timeout=timeout)


def asks(gateway: StripeGateway | TossGateway) -> None:
    gateway.find("pi_1")


def charges(gateway: StripeGateway | TossGateway) -> None:
    order: Any = {
        "amount": Decimal(1),
        "currency": "KRW",
        "order_number": "J-0001",
        "return_url": "http://shop.example",
    }
    if isinstance(gateway, TossGateway):
        gateway.confirm("pay_1", **order, token="", key="k:1")
    else:
        gateway.open(**order, key="k:1")


@pytest.mark.parametrize("provider", [gateway, toss])
@pytest.mark.parametrize("act", [asks, charges])
@pytest.mark.parametrize("fault", BROKEN)
def test_no_answer_is_unknown_and_nothing_is_sent_twice(
    web: Web, fault: Callable[[Call], None], act: Callable[[Any], None], provider: Callable[..., Any]
) -> None:
    web.act = fault
    with pytest.raises(Unknown):
        act(provider(web.url, timeout=0.4))
    assert len(web.asked) == 1


def test_toss_is_asked_over_a_kept_connection_with_our_key_and_nobody_elses(web: Web) -> None:
    web.act = lambda call: call.say(404, b'{"code": "NOT_FOUND_PAYMENT", "message": "no"}')
    toss_here = toss(web.url)
    assert toss_here.find("pay_1") is None
    assert toss_here.find("pay_2") is None
    assert web.connections == 1
    assert {call.headers["Authorization"] for call in web.asked} == {"Basic c2tfdGVzdF9sb2NhbDo="}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nobody_there_and_nobody_who_picks_up_are_unknown(scheme: str) -> None:
    with pytest.raises(Unknown):
        asks(gateway(f"{scheme}://127.0.0.1:{free_port()}"))
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(Unknown):
        asks(gateway(f"{scheme}://127.0.0.1:{deaf.getsockname()[1]}", timeout=0.4))


def show_certificate(web: Web, folder: Path) -> Path:
    """From now on it speaks TLS, with a certificate that nobody knows."""
    file = certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    web.socket = context.wrap_socket(web.socket, server_side=True)
    return file


def test_for_toss_a_certificate_counts_that_whoever_runs_us_names(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = show_certificate(web, tmp_path)
    web.act = lambda call: call.say(404, b'{"code": "NOT_FOUND_PAYMENT", "message": "no"}')
    here = f"https://127.0.0.1:{web.server_port}"
    with pytest.raises(Unknown, match="CERTIFICATE_VERIFY_FAILED"):
        asks(toss(here))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    assert toss(here).find("pay_1") is None
    assert len(web.asked) == 1


def test_a_certificate_counts_if_the_bundle_of_the_sdk_knows_it(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = show_certificate(web, tmp_path)
    here, by_name = (f"https://{host}:{web.server_port}" for host in ("127.0.0.1", "localhost"))

    with pytest.raises(Unknown, match="CERTIFICATE_VERIFY_FAILED"):
        asks(gateway(here))
    monkeypatch.setattr(stripe, "ca_bundle_path", str(file))
    with pytest.raises(Unknown, match="mismatch"):
        asks(gateway(by_name))
    assert web.asked == [], "nothing was said to a stranger"
    asks(gateway(here))
    assert len(web.asked) == 1


def test_an_answer_comes_with_its_headers_in_any_spelling_and_unpacked(web: Web) -> None:
    packed = zlib.compressobj(wbits=31)
    web.act = lambda call: call.say(
        402, packed.compress(b"no") + packed.flush(), REQUEST_ID="req_1", Content_Encoding="gzip"
    )
    body, status, headers = PooledClient(web.url, timeout=1).request("post", f"{web.url}/v1/x", {"A": "b"}, "c=d")

    assert (body, status) == (b"no", 402)
    assert headers["Request-Id"] == headers["request-id"] == "req_1"
    assert "idempotent-replayed" not in headers
    [call] = web.asked
    assert (call.command, call.headers["A"], call.body) == ("POST", "b", b"c=d")


def test_calls_share_a_connection_and_one_that_was_closed_meanwhile_is_made_anew(web: Web) -> None:
    stripe_here = gateway(web.url)
    asks(stripe_here)
    charges(stripe_here)
    assert web.connections == 1
    assert "req_1" in web.asked[1].headers["X-Stripe-Client-Telemetry"], "the SDK tells how long the last one took"

    web.act = answers_and_hangs_up
    asks(stripe_here)
    web.act = charge
    asks(stripe_here)
    assert web.connections == 2


def test_a_kept_connection_that_breaks_under_a_call_is_unknown(web: Web) -> None:
    stripe_here = gateway(web.url)
    asks(stripe_here)
    web.act = hangs_up
    with pytest.raises(Unknown):
        charges(stripe_here)
    assert (web.connections, len(web.asked)) == (1, 2)


def test_threads_share_a_client_and_each_gets_its_own_answer_over_a_kept_connection(web: Web) -> None:
    together = Barrier(KEPT)

    def all_at_once(call: Call) -> None:
        together.wait(30)
        charge(call)

    web.act = all_at_once
    stripe_here = gateway(web.url, timeout=30)
    with ThreadPoolExecutor(KEPT) as threads:
        for time in "abc":
            refs = [f"pi_{time}{n}" for n in range(KEPT)]
            assert [found.ref for found in threads.map(stripe_here.find, refs) if found] == refs
    assert web.connections == KEPT


def test_a_closed_client_lets_its_connections_go_and_makes_new_ones(web: Web) -> None:
    client = PooledClient(web.url, timeout=1)
    for _ in range(2):
        client.request("get", f"{web.url}/v1/x", {})
        client.close()
    assert web.connections == 2


def test_a_proxy_of_the_environment_is_used_except_where_it_says_no(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://jari:p%40ss@127.0.0.1:{web.server_port}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    asks(gateway("http://stripe.example"))
    asks(gateway(web.url))

    through, direct = web.asked
    assert through.path == "http://stripe.example/v1/payment_intents/pi_1"
    assert through.headers["Proxy-Authorization"] == "Basic amFyaTpwQHNz"
    assert direct.path == "/v1/payment_intents/pi_1"
    assert "Proxy-Authorization" not in direct.headers
