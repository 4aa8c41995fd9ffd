"""kill -9 at any moment loses nothing that was acknowledged, and books nothing by half."""

import itertools
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from local.process import alive
from local.provider import Provider, running
from local.server import NotStarted
from tests.local.provider.conftest import Mailbox, Till, till, until


@pytest.mark.crash
def test_after_a_kill_under_load_all_is_there_once(own: Provider) -> None:
    shop = till(own)
    acknowledged: dict[str, str] = {}
    unknown: set[str] = set()
    numbers = itertools.count()

    def pay_until_it_dies() -> None:
        while True:
            key = f"order-{next(numbers)}"
            try:
                acknowledged[key] = pay(shop, key).id
            except stripe.APIConnectionError:
                unknown.add(key)
                return

    threads = [threading.Thread(target=pay_until_it_dies) for _ in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: len(acknowledged) >= 40)
    own.kill()
    for thread in threads:
        thread.join()
    own.start()

    paid = {p["metadata"]["order"]: p for p in own.books()["payments"] if p["times_charged"] == 1}
    assert {key: paid[key]["id"] for key in acknowledged} == acknowledged
    assert unknown
    for key in unknown:
        assert pay(shop, key).status == "succeeded"
    books = own.books()["payments"]
    assert sorted(p["metadata"]["order"] for p in books) == sorted(acknowledged.keys() | unknown)
    assert {p["times_charged"] for p in books} == {1}
    assert {p["amount_received"] for p in books} == {30000}


@pytest.mark.crash
def test_a_kill_between_effect_and_answer_leaves_both_or_neither(own: Provider) -> None:
    shop = till(own)
    own.fault("create", "timeout_after", seconds=30)
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(pay, shop, "held")
        until(lambda: own.books()["payments"])
        own.kill()
        assert isinstance(held.exception(), stripe.APIConnectionError)
    own.start()

    again = pay(shop, "held")
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert [p["times_charged"] for p in own.books()["payments"]] == [1]


@pytest.mark.crash
def test_what_was_not_told_before_the_kill_is_told_after_it(tmp_path: Path, mailbox: Mailbox) -> None:
    with running(tmp_path, webhook_url=mailbox.url, webhook_secret=mailbox.secret) as provider:
        provider.set(pending_refund_ms=600, webhook_retry_ms=50)
        shop = till(provider)
        mailbox.answers += [500] * 1000
        shop.refund(shop.pay("pm_card_pendingRefund").id)
        until(lambda: len(mailbox.posts) >= 3)
        provider.kill()
        mailbox.answers.clear()
        provider.start()

        until(lambda: mailbox.events(shop.order, "refund.updated"))  # the waiting refund has ended, too
        until(lambda: mailbox.events(shop.order, "payment_intent.succeeded"))
        until(lambda: provider.books()["webhooks"]["waiting"] == 0)


def test_the_address_and_the_books_stay_over_a_restart(own: Provider) -> None:
    shop, url = till(own), own.url
    intent = shop.pay()
    own.restart()

    assert own.url == url
    assert shop.retrieve(intent.id).status == "succeeded"


def test_nothing_is_left_after_the_end(tmp_path: Path) -> None:
    with running(tmp_path) as provider:
        pid, url = provider.pid, provider.url
    assert not alive(pid)
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


@pytest.mark.crash
def test_it_dies_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    # Linux only, as the promise itself: elsewhere nobody tells a child that its parent died.
    code = f"""
import time
from pathlib import Path
from local.provider import running
with running(Path({str(tmp_path)!r})) as provider:
    print(provider.pid, flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
    until(lambda: not alive(pid))


def test_two_cannot_keep_the_same_books(own: Provider) -> None:
    with pytest.raises(NotStarted, match="another provider"), running(own.directory):
        pass


def test_stopping_does_not_wait_for_a_shop_that_hangs(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        with running(tmp_path, webhook_url=url) as provider:
            till(provider).create()
            deaf.accept()
            started = time.monotonic()
        assert time.monotonic() - started < 2


def pay(shop: Till, key: str) -> Any:
    return shop.pay(key=key, metadata={"order": key})
