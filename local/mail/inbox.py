"""The SMTP side: takes every mail for everybody, unless a fault was ordered."""

import asyncio
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from local.mail.faults import Faults
from local.mail.store import Store

LARGEST = 25 * 1024 * 1024  # bytes


class Inbox:
    """Answers aiosmtpd's questions."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fault = self._faults.take("reject", "slow", "cut_after") or {"fault": None}
        if fault["fault"] == "reject":
            return "554 5.7.1 Refused, as ordered"
        content = envelope.original_content or b""
        # Not in this thread: other senders need not wait for the disk.
        await asyncio.to_thread(self._store.keep, envelope.mail_from or "", list(envelope.rcpt_tos), content)
        if fault["fault"] == "slow":
            await asyncio.sleep(fault["seconds"])
        if fault["fault"] == "cut_after" and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 2.0.0 Kept"


class Door(SMTP):
    """A connection, which `down` closes before a word is said."""

    def __init__(self, inbox: Inbox, faults: Faults) -> None:
        super().__init__(
            inbox, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="localhost", ident="Mail catcher"
        )
        self._faults = faults

    def connection_made(self, transport: Any) -> None:
        if self._faults.take("down"):
            transport.abort()
        else:
            super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.session is not None:  # else it was turned away at the door
            super().connection_lost(error)
