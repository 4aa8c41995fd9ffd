"""What a payment and a refund tell their customer: the saga's rows in people's words. Pure but for the language."""

import zlib
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from portal.domains.orders import Order
from portal.domains.refunds import Refund
from portal.kernel import words
from portal.kernel.sagas import Progress, StepProgress
from portal.web import errors
from portal.web.i18n import language

MARK = {"done": "done", "undone": "undone", "refused": "failed", "skipped": "todo", "waiting": "todo"}
"""How a step's state is drawn; every other state means that it is being done."""
SAYS_NOT_CHARGED = frozenset({"card-declined", "confirmation-refused", "not-confirmed", "too-late"})
"""Refusals whose own words say that nothing was charged."""
PIVOT = "request payment from the outside provider"


@dataclass(frozen=True)
class Story:
    """One process as its customer reads it. `items` are {text, state, at}; `goes_on`: something will still happen."""

    headline: str
    tone: str
    note: str = ""
    items: list[dict[str, Any]] = field(default_factory=list)
    goes_on: bool = False


def of_payment(order: Order, progress: Progress | None) -> Story:
    """How far the payment of this order is."""
    items = _items(order, progress)
    if order.state == "awaiting_payment":
        note = _("Your place is kept meanwhile. Nothing is charged before you confirm.")
        return Story(_("Your bank asks you to confirm"), "held", note, items, goes_on=True)
    if order.state == "cancelled":
        headline, rest = _why(progress)
        over = [item for item in items if item["state"] != "todo"]  # what will not happen is no step any more
        return Story(headline, "cancelled", " ".join(filter(None, [rest, _gave_back(order, progress)])), over)
    if order.state != "processing":
        return kept(order, items)
    pivot = next((step for step in progress.steps if step.name == PIVOT), None) if progress else None
    if progress and progress.state == "parked":
        note = _(
            "Your order is safe with us and somebody is looking at it. Please do not pay again; we will write to you."
        )
        return Story(_("This takes longer than it should"), "waiting", note, items, goes_on=True)
    if pivot and pivot.state == "unknown":
        note = _("Please do not pay again. We ask until we know; you can close this page, and a mail will tell you.")
        return Story(_("We are still waiting for your bank's answer"), "waiting", note, items, goes_on=True)
    return Story(_under_way(order, progress, pivot), "waiting", _safe(), items, goes_on=True)


def of_refund(refund: Refund, *, returned: bool = False) -> Story:
    """How far this refund is: requested, approved, sent, settled. `returned`: the bank gave it back to us."""
    track = _track()
    told = [
        (_("You asked for it"), "", refund.created_at),
        (_("We agreed"), _("We decide about it"), refund.decided_at),
        (_("We sent the money to your bank"), _("We send the money to your bank"), refund.sent_at),
        (_("The money is back"), _("Your bank pays it out"), refund.settled_at),
    ]
    reached = list(track).index(refund.state) if refund.state in track else 1
    items = [
        {"text": done, "state": "done", "at": at}
        if n <= reached
        else {"text": to_come, "state": "doing" if n == reached + 1 else "todo", "at": None}
        for n, (done, to_come, at) in enumerate(told)
    ]
    back = _sum(refund)
    if refund.state == "rejected":
        items = [items[0], {"text": _("We said no"), "state": "failed", "at": refund.decided_at}]
        note = _("We said: %(reason)s", reason=refund.decision_reason)
        return Story(_("Your refund of %(sum)s was turned down", sum=back), "cancelled", note, items)
    if refund.withdrawn:
        items = [items[0], {"text": _("You took it back"), "state": "done", "at": refund.updated_at}]
        return Story(_("You took your request back"), "plain", _("Your booking stands as it was."), items)
    if refund.state == "cancelled":
        items = [*items[:2], {"text": _("The bank did not take it"), "state": "failed", "at": refund.updated_at}]
        note = _("Your booking stands as it was. Please write to us, and we will find another way.")
        return Story(_("The money could not be sent"), "cancelled", note, items)
    if returned:
        items = [*items[:3], {"text": _("Your bank gave it back to us"), "state": "failed", "at": None}]
        items.append({"text": _("We find another way"), "state": "doing", "at": None})
        note = _("Your bank could not take the money and gave it back to us. It stays yours: somebody sees to it.")
        return Story(_("Your refund is delayed"), "waiting", f"{back}. {note}", items, goes_on=True)
    headline, tone, note = track[refund.state]
    return Story(headline, tone, f"{back}. {note}".strip(), items, goes_on=refund.state != "settled")


def kept(order: Order, items: list[dict[str, Any]]) -> Story:
    """An order that was booked, whatever became of it since."""
    if order.state == "refunded":
        return Story(_("This order was given back"), "plain", items=items)
    if order.state == "refunding":
        return Story(_("This order is being given back"), "waiting", items=items)
    earned = order.points_accrued
    note = _("You earned %(points)s points. The details are in your mail.", points=f"{earned:,}") if earned else ""
    return Story(_("Your place is kept"), "confirmed", note or _("The details are in your mail."), items)


def version(stories: list[Story], pace: int) -> str:
    """Changes when there is something new to show: a page that has this one needs no answer."""
    told = [(story.headline, [item["state"] for item in story.items]) for story in stories]
    # A checksum, because Python's own hash differs from one process of the web server to the next.
    return f"{zlib.crc32(repr(told).encode()):08x}-{pace}"


def _items(order: Order, progress: Progress | None) -> list[dict[str, Any]]:
    points = f"{order.points_used:,}"
    texts = {
        "create order": (_("We wrote down your order"), _("We write down your order")),
        "use points": (_("%(points)s points are set aside", points=points), _("%(points)s points", points=points)),
        PIVOT: (_("Your card was charged"), _("Your card is charged")),
        "complete order": (_("Your place is confirmed"), _("Your place gets confirmed")),
        "send e-mail": (_("A mail with the details is on its way"), _("You get a mail with the details")),
    }
    left_out = ({"use points"} if not order.points_used else set()) | ({PIVOT} if not order.charge else set())
    steps = progress.steps if progress else []
    return [_item(*texts[step.name], step, order) for step in steps if step.name in texts.keys() - left_out]


def _item(done: str, to_come: str, step: StepProgress, order: Order) -> dict[str, Any]:
    state = MARK.get(step.state, "doing")
    if step.name == PIVOT and order.state == "awaiting_payment":
        # A saga that waits for its customer calls its step «waiting», like those that are to come.
        state, to_come = "doing", _("You confirm at your bank")
    if step.name == PIVOT and state == "failed":
        to_come = _("Your card was not charged")
    return {"text": done if state in {"done", "undone"} else to_come, "state": state, "at": step.at}


def _under_way(order: Order, progress: Progress | None, pivot: StepProgress | None) -> str:
    if progress and progress.state == "compensating":
        return _("This did not go through. Giving everything back…")
    if pivot and pivot.state == "done" and order.charge:
        return _("Your card was charged. Confirming your place…")
    return _("Asking your bank…") if order.charge else _("Confirming your place…")


def _why(progress: Progress | None) -> tuple[str, str]:
    """What is in the way as a headline, and what else there is to say of it: its first sentence, and the rest."""
    refusal = (progress.refusal if progress else None) or {}
    said = errors.say(refusal.get("message", ""), refusal.get("params")) or _("This order did not go through.")
    headline, _dot, rest = said.partition(". ")
    return headline.removesuffix("."), rest


def _gave_back(order: Order, progress: Progress | None) -> str:
    """What the headline has not said yet of money and points."""
    said = (progress.refusal or {}).get("code") in SAYS_NOT_CHARGED if progress else False
    points = _("Your points are back where they were.") if order.points_used else ""
    return points if said else " ".join(part for part in (_("Nothing was charged."), points) if part)


def _safe() -> str:
    return _("You can close this page. We finish it and send you a mail.")


def _sum(refund: Refund) -> str:
    """What comes back: «₩37,000 and 1,000 points»."""
    said = [words.money(refund.amount, refund.currency, language())] if refund.amount or not refund.points else []
    said += [_("%(points)s points", points=f"{refund.points:,}")] if refund.points else []
    return _(" and ").join(said)


def _track() -> dict[str, tuple[str, str, str]]:
    return {
        "requested": (
            _("We are looking at your request"),
            "waiting",
            _("Somebody decides about it soon. Until then your booking stands."),
        ),
        "approved": (_("Your refund is on its way"), "waiting", _("We are sending the money back.")),
        "sent": (_("We sent the money to your bank"), "waiting", _("Banks take up to ten days to show it.")),
        "settled": (_("Your refund is complete"), "confirmed", ""),
    }
