"""Mails go out through a real mail server: once where all is well, again where it is not, never lost."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.request import urlopen
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

import local.mail
from portal.domains import notifications
from portal.domains.notifications import post
from portal.kernel.db import Tx, transaction
from tests.factories import identity as people
from tests.portal.domains.notifications.letters import DATA, Reader

NOW = datetime.now(UTC) + timedelta(hours=1)  # later than any mail this run writes


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local.mail.Mail]:
    with local.mail.running(tmp_path_factory.mktemp("mail")) as mail:
        yield mail


@pytest.fixture
def catcher(server: local.mail.Mail) -> Iterator[local.mail.Mail]:
    yield server
    server.clear_faults()
    server.clear()


def write(database: Engine, template: str = "order_confirmed") -> UUID:
    with transaction(database) as tx:
        notifications.queue(tx, "mail", people.account(tx).id, template, DATA[template])
    with transaction(database) as tx:
        return UUID(str(tx.scalar(text("SELECT id FROM mails"))))


def reader(_tx: Tx, _account_id: UUID) -> Reader:
    return Reader()


def relaying(database: Engine, mail_url: str, pace: float = 1.0) -> notifications.Relay:
    return notifications.Relay(
        partial(transaction, database),
        addressee=reader,
        mail_url=mail_url,
        sender="Jari <bookings@jari.example>",
        base_url="https://jari.example",
        pace=pace,
    )


def deliver(database: Engine, mail_url: str, now: datetime = NOW, pace: float = 1.0) -> bool:
    return relaying(database, mail_url, pace).deliver_due(lambda: now, seconds=9) == 1


def row(database: Engine) -> tuple[str, int, str]:
    with transaction(database) as tx:
        return tuple(tx.execute(text("SELECT state, attempts, coalesce(last_error, '') FROM mails")).one())


def message_ids(catcher: local.mail.Mail) -> list[str]:
    """Read from the page that shows a mail's source: the list does not tell them."""
    found = []
    for one in catcher.messages():
        with urlopen(f"{catcher.url}/messages/{one['id']}?view=source") as page:  # noqa: S310  # our own catcher
            found += re.findall(r"Message-ID: &lt;(.+?)&gt;", page.read().decode())
    return found


def test_a_mail_arrives_once_however_often_the_bell_rings(database: Engine, catcher: local.mail.Mail) -> None:
    write(database)
    assert deliver(database, catcher.smtp_url)
    assert not deliver(database, catcher.smtp_url)
    assert not deliver(database, catcher.smtp_url, NOW + timedelta(days=1))
    caught = catcher.messages()
    assert [one["recipients"] for one in caught] == [["minji@example.com"]]
    assert caught[0]["subject"].startswith("Booked: Kayak")
    assert "Your place is kept" in caught[0]["text"]
    assert "Your place is kept" in caught[0]["html"]
    assert row(database) == ("sent", 1, "")


def test_a_dead_mail_server_delays_the_mail_and_nothing_else(database: Engine, tmp_path: Path) -> None:
    write(database)
    with local.mail.running(tmp_path) as server:
        server.kill()
        assert not deliver(database, server.smtp_url)
        state, attempts, error = row(database)
        assert (state, attempts) == ("queued", 1)
        assert "ConnectionRefusedError" in error
        server.start()
        assert not deliver(database, server.smtp_url, NOW + timedelta(seconds=59))
        assert deliver(database, server.smtp_url, NOW + timedelta(minutes=1))
        assert len(server.messages()) == 1


def test_what_a_killed_sender_had_claimed_goes_out_when_its_time_is_over(
    database: Engine, catcher: local.mail.Mail
) -> None:
    for pace, over in ((1.0, timedelta(minutes=2)), (0.05, timedelta(seconds=6))):
        write(database)
        with transaction(database) as tx:
            notifications.claim(tx, NOW, pace=pace)
        assert not deliver(database, catcher.smtp_url, NOW + over - timedelta(seconds=1))
        assert deliver(database, catcher.smtp_url, NOW + over)
        with transaction(database) as tx:
            tx.execute(text("DELETE FROM mails"))


def test_where_a_dead_mail_server_costs_a_trial_three_seconds(database: Engine, catcher: local.mail.Mail) -> None:
    write(database)
    catcher.fault("reject")
    assert not deliver(database, catcher.smtp_url, pace=0.05)
    assert not deliver(database, catcher.smtp_url, NOW + timedelta(seconds=2))
    assert deliver(database, catcher.smtp_url, NOW + timedelta(seconds=3))


def test_a_server_that_takes_the_mail_and_dies_before_saying_so_gets_the_same_message_again(
    database: Engine, catcher: local.mail.Mail
) -> None:
    mail_id = write(database)
    catcher.fault("cut_after")
    assert not deliver(database, catcher.smtp_url)
    assert deliver(database, catcher.smtp_url, NOW + timedelta(minutes=1))
    assert len(catcher.messages()) == 2
    assert message_ids(catcher) == [f"{mail_id}@jari.example"] * 2


def test_a_refused_mail_is_tried_again(database: Engine, catcher: local.mail.Mail) -> None:
    write(database)
    catcher.fault("reject")
    assert not deliver(database, catcher.smtp_url)
    assert row(database)[0] == "queued"
    assert deliver(database, catcher.smtp_url, NOW + timedelta(minutes=1))


def test_a_mail_whose_data_miss_a_word_is_kept_with_its_error(database: Engine, catcher: local.mail.Mail) -> None:
    write(database)
    with transaction(database) as tx:
        tx.execute(text("UPDATE mails SET data = data - 'total'"))
    assert not deliver(database, catcher.smtp_url)
    state, _attempts, error = row(database)
    assert state == "queued"
    assert "total" in error
    assert catcher.messages() == []


def test_one_ring_is_enough_for_all_that_is_due_also_where_one_of_them_fails(
    database: Engine, catcher: local.mail.Mail
) -> None:
    with transaction(database) as tx:
        account_id = people.account(tx).id
        for key in "abc":
            notifications.queue(tx, key, account_id, "order_confirmed", DATA["order_confirmed"])
    catcher.fault("reject")  # the first
    assert relaying(database, catcher.smtp_url).deliver_due(lambda: NOW, seconds=9) == 2
    assert len(catcher.messages()) == 2


def test_a_turn_ends_though_more_is_due(database: Engine, catcher: local.mail.Mail) -> None:
    write(database)
    assert relaying(database, catcher.smtp_url).deliver_due(lambda: NOW, seconds=0) == 0


def test_nothing_is_sent_inside_a_transaction(
    database: Engine, catcher: local.mail.Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database)
    seen = []

    def send(_line: post.Line, _message: object) -> None:
        seen.append(database.pool.checkedout())  # type: ignore[attr-defined]  # a QueuePool

    monkeypatch.setattr(post.Line, "send", send)
    assert deliver(database, catcher.smtp_url)
    assert seen == [0]
