"""Notifications: mails to people, written with the fact they tell of and sent afterwards.

Owns the table mails. Promises: a mail is committed together with what it tells, once per key; it is sent at least once,
always under the same Message-ID; a dead mail server delays mails and nothing else; after three days a mail is given up
and stays to be seen as `failed`.
"""

from portal.domains.notifications.calendars import calendar_file
from portal.domains.notifications.letters import Addressee, render
from portal.domains.notifications.relay import Relay
from portal.domains.notifications.service import (
    Claimed,
    claim,
    many_due,
    mark_failed,
    mark_sent,
    queue,
    queue_text,
)
from portal.domains.notifications.shapes import reason_of
from portal.domains.notifications.texting import send_text

__all__ = [
    "Addressee",
    "Claimed",
    "Relay",
    "calendar_file",
    "claim",
    "many_due",
    "mark_failed",
    "mark_sent",
    "queue",
    "queue_text",
    "reason_of",
    "render",
    "send_text",
]
