"""Refunds: money, points and places going back, as a pipeline the customer can follow.

Owns:     refunds, refund_lines.
Promises: the amount is fixed when it is asked for and shown before; nothing moves before a decision; an approved refund
          ends settled, or cancelled with everything as it was; no order is refunded beyond what was paid; money that a
          bank gives back to us waits in sight until somebody has sent it again or paid it another way.
"""

from portal.domains.refunds.cheaper import give_difference_back, send_difference_back
from portal.domains.refunds.deciding import approve, reject, withdraw
from portal.domains.refunds.errors import AlreadyAsked, AlreadyDecided, NothingReturned, NotRefundable
from portal.domains.refunds.giving_back import give_back
from portal.domains.refunds.late import give_late_back, mail_late_return, send_late_back
from portal.domains.refunds.models import Refund, RefundLine
from portal.domains.refunds.queries import get_refund, refunds_of, refunds_question
from portal.domains.refunds.requesting import Quote, QuoteLine, quote, request, starts_of
from portal.domains.refunds.returned import (
    Returned,
    find_returned,
    processes_of,
    returned,
    send_again,
    settle_outside,
)
from portal.domains.refunds.returning import cancel, mail_done, reserve, send_back, send_rest_back, settled
from portal.domains.refunds.sending_again import send_money_again
from portal.domains.refunds.setting_aside import parts_of
from portal.kernel.errors import KeyReused

__all__ = [
    "AlreadyAsked",
    "AlreadyDecided",
    "KeyReused",
    "NotRefundable",
    "NothingReturned",
    "Quote",
    "QuoteLine",
    "Refund",
    "RefundLine",
    "Returned",
    "approve",
    "cancel",
    "find_returned",
    "get_refund",
    "give_back",
    "give_difference_back",
    "give_late_back",
    "mail_done",
    "mail_late_return",
    "parts_of",
    "processes_of",
    "quote",
    "refunds_of",
    "refunds_question",
    "reject",
    "request",
    "reserve",
    "returned",
    "send_again",
    "send_back",
    "send_difference_back",
    "send_late_back",
    "send_money_again",
    "send_rest_back",
    "settle_outside",
    "settled",
    "starts_of",
    "withdraw",
]
