"""What late money tells its customer: it came after all, and was booked again or is on its way back."""

from typing import Any

from flask_babel import gettext as _

from portal.domains import notifications
from portal.domains.orders import Order
from portal.domains.refunds import Refund
from portal.kernel import words
from portal.kernel.sagas import Progress
from portal.web import errors
from portal.web.customer.story import MARK, Story, kept
from portal.web.i18n import language


def of_late(order: Order, progress: Progress, refund: Refund | None) -> Story:
    """How far it is; `refund` is the way back, once there is one."""
    if refund:
        return _going_back(progress, refund)
    items = _items(order, progress)
    if progress.refusal:
        return Story(_("Your payment came, but too late for this"), "waiting", _why(progress), items, goes_on=True)
    if progress.state == "parked":
        note = _("Your money is safe and somebody is looking at it. Please do not pay again; we will write to you.")
        return Story(_("This takes longer than it should"), "waiting", note, items, goes_on=True)
    if progress.state == "done" and order.state == "completed":
        note = _("Your payment came after the order was cancelled. All was still free, so we booked it again.")
        return Story(_("Your place is kept"), "confirmed", note, items)
    if order.state in {"refunding", "refunded", "completed"}:
        return kept(order, items)
    note = _("If all is still free, we book it again; else the full amount goes back to you. A mail will tell you.")
    return Story(_("Your payment came after all"), "waiting", note, items, goes_on=True)


def _items(order: Order, progress: Progress) -> list[dict[str, Any]]:
    points = f"{order.points_used:,}"
    texts = {
        "take in late payment": (_("Your payment came after all"), _("Your payment came after all")),
        "book again": (_("All you ordered is yours again"), _("We see whether all is still free")),
        "use points": (_("%(points)s points are set aside", points=points), _("%(points)s points", points=points)),
        "complete order": (_("Your place is confirmed"), _("Your place gets confirmed")),
        "send e-mail": (_("A mail with the details is on its way"), _("You get a mail with the details")),
    }
    left_out = set() if order.points_used else {"use points"}
    items = []
    for step in progress.steps:
        if step.name in texts.keys() - left_out:
            state, (done, to_come) = MARK.get(step.state, "doing"), texts[step.name]
            items.append({"text": done if state in {"done", "undone"} else to_come, "state": state, "at": step.at})
    return items


def _going_back(progress: Progress, refund: Refund) -> Story:
    """From the moment it was clear that it cannot be booked: the money's own way."""
    amount = words.money(refund.amount, refund.currency, language())
    sent, settled = refund.sent_at is not None, refund.settled_at is not None
    refused = next((step.at for step in progress.steps if step.state == "refused"), None)
    items: list[dict[str, Any]] = [
        {"text": _("Your payment came after all"), "state": "done", "at": progress.begun_at},
        {"text": _("It could not be booked again"), "state": "failed", "at": refused or refund.decided_at},
        {
            "text": _("We sent the money to your bank") if sent else _("We send the money to your bank"),
            "state": "done" if sent else "doing",
            "at": refund.sent_at,
        },
        {
            "text": _("The money is back") if settled else _("Your bank pays it out"),
            "state": "done" if settled else "doing" if sent else "todo",
            "at": refund.settled_at,
        },
    ]
    headline = _("All of your money is back") if settled else _("All of your money is on its way back")
    why = _why(progress)
    note = _("%(why)s So %(amount)s goes back to you; there is nothing you have to do.", why=why, amount=amount)
    return Story(headline, "confirmed" if settled else "waiting", note, items, goes_on=not settled)


def _why(progress: Progress) -> str:
    """The same words as in the mail."""
    return errors.say(notifications.reason_of((progress.refusal or {}).get("code")))
