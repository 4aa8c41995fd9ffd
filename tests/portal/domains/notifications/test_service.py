"""Mails are written once per key and claimed by one sender at a time."""

from datetime import UTC, datetime, timedelta
from itertools import takewhile
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from portal.domains import notifications
from portal.kernel.db import Tx, transaction
from tests.factories import identity as people
from tests.portal.domains.notifications.letters import DATA

LATER = datetime(2030, 1, 1, tzinfo=UTC)


def write(tx: Tx, key: str = "mail", account_id: UUID | None = None) -> None:
    account_id = account_id or people.account(tx).id
    notifications.queue(tx, key, account_id, "refund_rejected", DATA["refund_rejected"])


def row(tx: Tx, mail_id: UUID) -> tuple[str, int, str | None]:
    found = tx.execute(text("SELECT state, attempts, last_error FROM mails WHERE id = :id"), {"id": mail_id}).one()
    return found.state, found.attempts, found.last_error


def test_the_same_key_again_is_the_same_mail(tx: Tx) -> None:
    account_id = people.account(tx).id
    write(tx, "once", account_id)
    write(tx, "once", account_id)
    write(tx, "another", account_id)
    assert notifications.many_due(tx, LATER, most=9) == 2


def claim_due(tx: Tx, now: datetime, most: int) -> list[notifications.Claimed]:
    """As one does who has heard a ring: the next, and the next, as long as something is due."""
    claimed = (notifications.claim(tx, now) for _ in range(most))
    return list(takewhile(lambda mail: mail is not None, claimed))  # type: ignore[arg-type]  # so none is None


def test_a_mail_that_has_no_template_is_a_mistake_seen_at_once(tx: Tx) -> None:
    with pytest.raises(ValueError, match="no mail called"):
        notifications.queue(tx, "k", people.account(tx).id, "order_confirmd", {})


def test_a_claimed_mail_is_not_claimed_again_until_the_claim_runs_out(tx: Tx) -> None:
    write(tx)
    mail = claim_due(tx, LATER, 10)[0]
    assert (mail.template, mail.data, mail.attempts) == ("refund_rejected", DATA["refund_rejected"], 1)
    assert notifications.many_due(tx, LATER, most=9) == 0
    assert notifications.claim(tx, LATER) is None
    again = notifications.claim(tx, LATER + timedelta(minutes=2))
    assert again is not None
    assert again.attempts == 2


def test_the_longest_waiting_come_first_and_are_counted_only_so_far(tx: Tx) -> None:
    for key in "abc":
        write(tx, key)
    tx.execute(text("UPDATE mails SET next_at = now() - interval '1 day' WHERE key = 'c'"))
    longest = tx.scalar(text("SELECT id FROM mails WHERE key = 'c'"))
    assert notifications.many_due(tx, LATER, most=2) == 2
    assert [mail.id for mail in claim_due(tx, LATER, 1)] == [longest]
    assert len(claim_due(tx, LATER, 10)) == 2


def test_two_senders_never_have_the_same_mail(database: Engine) -> None:
    with transaction(database) as tx:
        for key in "abcd":
            write(tx, key)
    with transaction(database) as one, transaction(database) as other:
        other.execute(text("SET LOCAL lock_timeout = '1s'"))  # waiting would be a fault
        mine, theirs = claim_due(one, LATER, 3), claim_due(other, LATER, 4)
    assert (len(mine), len(theirs)) == (3, 1)
    assert not {mail.id for mail in mine} & {mail.id for mail in theirs}


def test_a_failed_mail_waits_longer_each_time_and_is_given_up_after_three_days(tx: Tx) -> None:
    write(tx)
    now = datetime.now(UTC) + timedelta(minutes=1)
    for minutes in (1, 2, 4):
        mail = claim_due(tx, now, 1)[0]
        notifications.mark_failed(tx, mail, "nobody there", now)
        assert notifications.many_due(tx, now + timedelta(minutes=minutes, seconds=-1), most=9) == 0
        now += timedelta(minutes=minutes)
        assert notifications.many_due(tx, now, most=9) == 1
    assert row(tx, mail.id) == ("queued", 3, "nobody there")
    now += timedelta(days=3)
    last = claim_due(tx, now, 1)[0]
    notifications.mark_failed(tx, last, "still nobody there" * 100, now)
    state, attempts, error = row(tx, mail.id)
    assert (state, attempts, len(error or "")) == ("failed", 4, 500)
    assert notifications.many_due(tx, now + timedelta(days=9), most=9) == 0


def test_a_sent_mail_is_done(tx: Tx) -> None:
    write(tx)
    mail = claim_due(tx, LATER, 1)[0]
    notifications.mark_sent(tx, mail, LATER)
    assert row(tx, mail.id) == ("sent", 1, None)
    assert notifications.claim(tx, LATER + timedelta(days=1)) is None


def test_a_sender_that_is_late_to_fail_does_not_disturb_the_one_that_followed(tx: Tx) -> None:
    write(tx)
    slow = claim_due(tx, LATER, 1)[0]
    quick = notifications.claim(tx, LATER + timedelta(minutes=3))
    assert quick is not None
    notifications.mark_failed(tx, slow, "timed out", LATER + timedelta(minutes=4))
    assert row(tx, slow.id) == ("queued", 2, None)
    notifications.mark_sent(tx, quick, LATER)
    notifications.mark_failed(tx, quick, "timed out", LATER)
    assert row(tx, slow.id) == ("sent", 2, None)
