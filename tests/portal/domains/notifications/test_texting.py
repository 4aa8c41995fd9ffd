"""Text messages go out through a real gateway over HTTP: once, locked until then, and not when they are too late."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

import local.sms
from portal.domains import notifications
from portal.domains.identity import Vault
from portal.domains.notifications.texting import NotTaken
from portal.kernel.db import transaction
from tests.factories import identity as people
from tests.portal.domains.notifications.letters import Reader

VAULT = Vault("a secret key that is only good for tests")
NUMBER = "+821012345678"
NOW = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local.sms.Telephone]:
    with local.sms.running(tmp_path_factory.mktemp("telephone")) as telephone:
        yield telephone


@pytest.fixture
def telephone(server: local.sms.Telephone) -> Iterator[local.sms.Telephone]:
    yield server
    server.fault(0)
    server.clear()


def write(database: Engine, until: datetime = NOW + timedelta(minutes=10)) -> UUID:
    with transaction(database) as tx:
        account_id = people.account(tx).id
        sealed = VAULT.seal(account_id, {"code": "271828", "number": NUMBER})
        notifications.queue_text(tx, "code", account_id, "code", {"sealed": sealed, "until": until.isoformat()})
    with transaction(database) as tx:
        return UUID(str(tx.scalar(text("SELECT id FROM mails"))))


def deliver(database: Engine, sms_url: str, now: datetime = NOW, **more: Any) -> bool:
    where = notifications.Relay(
        partial(transaction, database),
        addressee=lambda _tx, _account: Reader(locale="en"),
        mail_url="smtp://127.0.0.1:9",
        sender="Jari <bookings@jari.example>",
        base_url="https://jari.example",
        sms_url=sms_url,
        **{"unseal": VAULT.unseal, **more},
    )
    return where.deliver_due(lambda: now, seconds=9) == 1


def state(database: Engine) -> str:
    with transaction(database) as tx:
        return str(tx.scalar(text("SELECT state FROM mails")))


def test_a_code_arrives_by_text_message_once(database: Engine, telephone: local.sms.Telephone) -> None:
    mail_id = write(database)
    assert deliver(database, telephone.sms_url)
    (message,) = telephone.messages(NUMBER)
    assert message["text"].startswith("271828 is your code for Jari.")
    assert message["reference"] == str(mail_id)
    assert not deliver(database, telephone.sms_url)
    with transaction(database) as tx:
        assert "sealed" not in tx.scalar(text("SELECT data::text FROM mails")), "forgotten once it is sent"
    notifications.send_text(NUMBER, "again", telephone.sms_url, key=str(mail_id))
    assert len(telephone.messages()) == 1, "the same key is the same message"


def test_a_gateway_that_is_down_gets_it_a_minute_later(database: Engine, telephone: local.sms.Telephone) -> None:
    write(database)
    telephone.fault(1)
    assert not deliver(database, telephone.sms_url)
    assert state(database) == "queued"
    assert deliver(database, telephone.sms_url, NOW + timedelta(minutes=2))
    assert len(telephone.messages(NUMBER)) == 1


def test_a_code_that_is_over_is_not_sent(database: Engine, telephone: local.sms.Telephone) -> None:
    write(database, until=NOW)
    assert not deliver(database, telephone.sms_url)
    assert state(database) == "failed"
    assert telephone.messages() == []


@pytest.mark.asvs("6.5.2")
def test_without_the_key_nothing_can_be_read(database: Engine, telephone: local.sms.Telephone) -> None:
    write(database)
    with transaction(database) as tx:
        row = str(tx.execute(text("SELECT * FROM mails")).all())
    assert "271828" not in row
    assert "1012345678" not in row
    other = Vault("another secret key, of somebody else")
    assert not deliver(database, telephone.sms_url, unseal=other.unseal)
    assert not deliver(database, telephone.sms_url, NOW + timedelta(minutes=3), unseal=None)
    assert telephone.messages() == []


@pytest.mark.parametrize(
    ("prefix", "header"),
    [("", None), (":a%2Fb@", "Bearer a/b"), ("me:secret@", "Basic bWU6c2VjcmV0")],
)
def test_the_gateway_knows_us_by_what_stands_in_the_address(prefix: str, header: str | None) -> None:
    seen: list[str | None] = []

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            seen.append(self.headers["Authorization"])
            self.send_response(302 if len(seen) > 1 else 200)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Gateway) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://{prefix}127.0.0.1:{server.server_port}/messages"
        notifications.send_text(NUMBER, "hello", url, key="1")
        with pytest.raises(NotTaken, match="302"):
            notifications.send_text(NUMBER, "hello", url, key="2")
        server.shutdown()
    assert seen[0] == header


def test_messages_outlive_the_telephone(tmp_path: Path) -> None:
    with local.sms.running(tmp_path) as telephone:
        notifications.send_text(NUMBER, "hello", telephone.sms_url, key="1")
        telephone.kill()
        telephone.start()
        assert [one["text"] for one in telephone.messages()] == ["hello"]
