"""Sends one mail, at least once.

The claim is committed, the mail is sent outside any transaction, the outcome is committed. A sender killed between the
last two has sent a mail that its row does not know of: it is sent again, under the same Message-ID, because a second
copy of a confirmation is a nuisance and a missing one is a customer at a closed door.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.domains.notifications import service
from portal.domains.notifications.letters import Addressee, render, text_of
from portal.domains.notifications.post import send
from portal.domains.notifications.texting import send_text
from portal.kernel import log
from portal.kernel.db import Tx
from portal.kernel.watch import Count

MAILS = Count("jari_mails_total", "Tries to send a mail: sent, failed.", "outcome")

Unseal = Callable[[UUID, str], Mapping[str, Any]]
"""Account and sealed text -> what was sealed for it."""
Transactions = Callable[[], AbstractContextManager[Tx]]


class TooLate(Exception):
    """What the mail carries is not good any more."""


def deliver(
    transactions: Transactions,
    mail_id: UUID,
    *,
    addressee: Callable[[Tx, UUID], Addressee],
    mail_url: str,
    sender: str,
    base_url: str,
    now: datetime,
    pace: float = 1.0,
    unseal: Unseal | None = None,
    sms_url: str = "",
) -> bool:
    """Sends the mail if it is due. True if the server took it; otherwise it stays queued and is tried again later.

    `pace` stretches the times in rules.py; `unseal` opens what travels sealed in a row.
    """
    with transactions() as tx:
        mail = service.claim(tx, mail_id, now, pace=pace)
        to = addressee(tx, mail.account_id) if mail else None
    if mail is None or to is None:
        return False
    try:
        mail = _opened(mail, unseal, now)
        if mail.channel == "sms":
            send_text(mail.data["number"], text_of(mail, to), sms_url, key=str(mail.id))
        else:
            send(render(mail, to, sender=sender, base_url=base_url), mail_url)
    except Exception as error:
        # Whatever it is (a dead server, a word missing in the data), it is this mail's and must not stop the next one.
        log.get("mail").warning("not sent", mail=str(mail.id), attempts=mail.attempts, error=type(error).__name__)
        with transactions() as tx:
            told = f"{type(error).__name__}: {error}"
            service.mark_failed(tx, mail, told, now, pace=pace, final=isinstance(error, TooLate))
        MAILS.add("failed")
        return False
    with transactions() as tx:
        service.mark_sent(tx, mail, now)
    MAILS.add("sent")
    return True


def _opened(mail: service.Claimed, unseal: Unseal | None, now: datetime) -> service.Claimed:
    """The mail with what was sealed in it, in memory only."""
    if (until := mail.data.get("until")) and datetime.fromisoformat(until) <= now:
        raise TooLate(f"it was good until {until}")
    sealed = mail.data.get("sealed")
    if sealed is None:
        return mail
    if unseal is None:
        raise ValueError("the mail is sealed, and this sender has no key")
    return replace(mail, data={**mail.data, **unseal(mail.account_id, sealed)})
