"""What somebody did, in words for the people who read it later."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from portal.kernel import words
from portal.web.i18n import language
from portal.web.staff.account_words import ACCOUNTS
from portal.web.staff.face import blueprint

WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "refund.requested": lambda d: _("A refund of %(amount)s was asked for", amount=_price(d)),
    "refund.approved": lambda d: _("The refund of %(amount)s was approved", amount=_price(d)),
    "refund.rejected": lambda d: _("The refund was turned down: %(reason)s", reason=d.get("reason", "")),
    "refund.returned": lambda d: _("The bank gave the refund of %(amount)s back to us", amount=_price(d)),
    "refund.withdrawn": lambda d: _("The customer took the request for a refund back"),
    "booking.moving": lambda d: (
        _("A booking was moved: %(reason)s", reason=d["reason"]) if d.get("reason") else _("A booking is moved")
    ),
    "category.created": lambda d: _("The category %(name)s was made", name=d.get("name", "")),
    "category.edited": lambda d: _("The category %(name)s was changed", name=d.get("name", "")),
    "category.withdrawn": lambda d: _("The category %(name)s was withdrawn", name=d.get("name", "")),
    "category.restored": lambda d: _("The category %(name)s is shown again", name=d.get("name", "")),
    "product.created": lambda d: _("%(name)s was drafted", name=d.get("name", "")),
    "product.edited": lambda d: _("%(name)s was changed", name=d.get("name", "")),
    "product.refund_policy": lambda d: (
        _("Sold under the refund policy %(name)s", name=d["name"])
        if d.get("name")
        else _("Sold under the usual refund policy")
    ),
    "product.published": lambda d: _("%(name)s was published", name=d.get("name", "")),
    "product.withdrawn": lambda d: _("%(name)s was withdrawn", name=d.get("name", "")),
    "addons.set": lambda d: _("What is offered with it was changed"),
    "picture.added": lambda d: _("A picture was added: %(alt)s", alt=d.get("alt", "")),
    "picture.edited": lambda d: _("A picture was changed: %(alt)s", alt=d.get("alt", "")),
    "picture.removed": lambda d: _("A picture was taken away: %(alt)s", alt=d.get("alt", "")),
    "variant.created": lambda d: _("The variant %(name)s was drafted", name=d.get("name", "")),
    "variant.edited": lambda d: _("The variant is called %(name)s", name=d.get("name", "")),
    "price.scheduled": lambda d: _("A price of %(price)s was set", price=_price(d)),
    "price.cancelled": lambda d: _("The price of %(price)s was taken back", price=_price(d)),
    "rate.scheduled": lambda d: _("Another price at some times was set: %(price)s", price=_rate(d)),
    "rate.ended": lambda d: _("The price at some times was ended: %(price)s", price=_rate(d)),
    "refund_policy.created": lambda d: _("The refund policy %(name)s was written", name=d.get("name", "")),
    "refund_policy.edited": lambda d: _("The refund policy %(name)s was changed", name=d.get("name", "")),
    "stock.adjusted": lambda d: _(
        "Stock: %(delta)s (%(reason)s)", delta=words.change(d.get("delta", 0)), reason=d.get("reason", "")
    ),
    "resource.created": lambda d: _("The resource %(name)s was made", name=d.get("name", "")),
    "resource.edited": lambda d: _("The resource %(name)s was changed", name=d.get("name", "")),
    "resource.withdrawn": lambda d: _("The resource %(name)s takes no new bookings", name=d.get("name", "")),
    "resource.restored": lambda d: _("The resource %(name)s takes bookings again", name=d.get("name", "")),
    "hours.set": lambda d: _("New opening hours"),
    "closure.added": lambda d: _("Closed: %(reason)s", reason=d.get("reason") or "–"),
    "closure.removed": lambda d: _("Open again: %(reason)s", reason=d.get("reason") or "–"),
    "hours.dated": lambda d: _("Other hours on some days"),
    "series.added": lambda d: _("Closed again and again: %(reason)s", reason=d.get("reason") or "–"),
    "series.changed": lambda d: _(
        "What is closed again and again was changed: %(reason)s", reason=d.get("reason") or "–"
    ),
    "series.ended": lambda d: _(
        "Another end of what is closed again and again: %(reason)s", reason=d.get("reason") or "–"
    ),
    "holidays.adopted": lambda d: _("Public holidays were decided: %(n)s closed", n=d.get("closed", 0)),
    "rush.set": lambda d: (
        _("A queue for its rush: %(count)s choose at once", count=d.get("at_once", ""))
        if d.get("on")
        else _("No queue in front of it")
    ),
    "waiting.removed": lambda d: _("Somebody was taken off a waiting list: %(reason)s", reason=d.get("reason", "")),
    "offering.set": lambda d: _("New rules of time"),
    "offering.stopped": lambda d: _("It is not offered any more"),
    "saga.resume": lambda d: _("Sent on its way again"),
    "saga.ask": lambda d: _("The provider was asked again"),
    "saga.release": lambda d: _("Ended as not charged or not sent"),
    "saga.release.proposed": lambda d: _("Proposed to a second person: ended as not charged or not sent"),
    "saga.release.confirmed": lambda d: _("Confirmed by a second person: ended as not charged or not sent"),
    "saga.anew": lambda d: _("Sent again under a new key"),
    "saga.anew.proposed": lambda d: _("Proposed to a second person: sent again under a new key"),
    "saga.anew.confirmed": lambda d: _("Confirmed by a second person: sent again under a new key"),
    "saga.settle": lambda d: _("Noted as settled outside"),
    "saga.settle.proposed": lambda d: _("Proposed to a second person: noted as settled outside"),
    "saga.settle.confirmed": lambda d: _("Confirmed by a second person: noted as settled outside"),
    "saga.give_back": lambda d: _("Everything is given back"),
    "saga.give_back.proposed": lambda d: _("Proposed to a second person: everything is given back"),
    "saga.give_back.confirmed": lambda d: _("Confirmed by a second person: everything is given back"),
    "late.taken_in": lambda d: _told_late(d.get("told_by", ""), _price(d)),
    "late.booked": lambda d: _("Everything was still free, so it was booked again"),
    "late.given_back": lambda d: _("It could not be booked again: %(amount)s goes back", amount=_price(d)),
    "difference.dismissed": lambda d: _(
        "A difference with the provider was dropped: %(reason)s", reason=d.get("reason", "")
    ),
    "saga.resumed": lambda d: _("Sent on its way again: %(number)s", number=d.get("number", "")),
    **ACCOUNTS,
}


def _told_late(told_by: str, amount: str) -> str:
    """Who noticed that the money had come."""
    return {
        "provider": _("The provider told us that %(amount)s came after the order had ended", amount=amount),
        "comparison": _("The comparison found that %(amount)s came after the order had ended", amount=amount),
    }.get(told_by, _("%(amount)s came after the order had ended; it was taken in by hand", amount=amount))


def _price(details: Mapping[str, Any]) -> str:
    return words.money(Decimal(details.get("amount", "0")), details.get("currency", "KRW"), language())


def _rate(details: Mapping[str, Any]) -> str:
    return f"{words.change(details['percent'])} %" if details.get("percent") else _price(details)


@blueprint.app_template_global("audit_words")
def audit_words(entry: Any) -> str:
    """One audit entry as a sentence; an act nobody wrote words for is told by its name."""
    tell = WORDS.get(entry.action)
    return tell(entry.details) if tell else str(entry.action).replace(".", ": ").replace("_", " ")
