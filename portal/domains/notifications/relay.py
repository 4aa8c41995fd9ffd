"""Sends mails, each at least once.

The claim is committed, the mail is sent outside any transaction, the outcome is committed. A sender killed between the
last two has sent a mail that its row does not know of: it is sent again, under the same Message-ID, because a second
copy of a confirmation is a nuisance and a missing one is a customer at a closed door.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.domains.notifications import service
from portal.domains.notifications.letters import Addressee, render, text_of
from portal.domains.notifications.post import Line
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


@dataclass(frozen=True)
class Relay:
    """Sends mails by these servers. `pace` stretches the times in rules.py; `unseal` opens what travels sealed."""

    transactions: Transactions
    addressee: Callable[[Tx, UUID], Addressee]
    mail_url: str
    sender: str
    base_url: str
    sms_url: str = ""
    pace: float = 1.0
    unseal: Unseal | None = None

    def deliver_due(self, now: Callable[[], datetime], *, seconds: float) -> int:
        """Sends what is due, the longest waiting first, until nothing is that no other sender has, or these seconds are
        over. How many the servers took; the others stay queued and are tried again later."""
        until, took = time.monotonic() + seconds, 0
        with closing(Line(self.mail_url)) as line:
            while time.monotonic() < until and (sent := self._deliver(line, now())) is not None:
                took += sent
        return took

    def _deliver(self, line: Line, now: datetime) -> bool | None:
        """Whether the mail that has been due for longest was taken; None if none is due."""
        with self.transactions() as tx:
            mail = service.claim(tx, now, pace=self.pace)
            to = self.addressee(tx, mail.account_id) if mail else None
        if mail is None or to is None:
            return None
        try:
            self._send(line, _opened(mail, self.unseal, now), to)
        except Exception as error:
            # Whatever it is (a dead server, a word missing in the data), it is this mail's and must not stop the next.
            log.get("mail").warning("not sent", mail=str(mail.id), attempts=mail.attempts, error=type(error).__name__)
            with self.transactions() as tx:
                told = f"{type(error).__name__}: {error}"
                service.mark_failed(tx, mail, told, now, pace=self.pace, final=isinstance(error, TooLate))
            MAILS.add("failed")
            return False
        with self.transactions() as tx:
            service.mark_sent(tx, mail, now)
        MAILS.add("sent")
        return True

    def _send(self, line: Line, mail: service.Claimed, to: Addressee) -> None:
        if mail.channel == "sms":
            send_text(mail.data["number"], text_of(mail, to), self.sms_url, key=str(mail.id))
        else:
            line.send(render(mail, to, sender=self.sender, base_url=self.base_url))


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
