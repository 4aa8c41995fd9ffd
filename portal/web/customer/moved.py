"""What moving a booking tells its customer: the saga's rows in people's words. Pure but for the language."""

from typing import Any

from flask_babel import gettext as _

from portal.domains.moving import Move
from portal.domains.refunds import Refund
from portal.kernel import words
from portal.kernel.sagas import Progress
from portal.web import errors
from portal.web.customer.story import MARK, Story
from portal.web.i18n import language

CHARGE = "request payment of the difference from the provider"
BACK = "send the difference back"


def of_move(move: Move, progress: Progress | None, refund: Refund | None, *, returned: bool = False) -> Story:
    """How far it is. `refund` is the difference on its way back, once there is one; `returned`: its bank gave it back
    to us."""
    items = _items(move, progress, refund)
    if move.state == "cancelled":
        over = [item for item in items if item["state"] != "todo"]
        return Story(_("Your booking was not moved"), "cancelled", f"{_why(progress)} {_stands()}".strip(), over)
    if move.state == "moved":
        note = _back(move, refund, returned=returned) or _("The details are in your mail.")
        waits = returned or bool(move.amount and (refund is None or refund.state != "settled"))
        return Story(_("Your booking has moved"), "confirmed", note, items, goes_on=waits)
    if move.action_url:
        note = _("Both times are kept meanwhile. Nothing is charged before you confirm.")
        return Story(_("Your bank asks you to confirm the difference"), "held", note, items, goes_on=True)
    if progress and progress.state == "parked":
        note = _("Both times are kept, and somebody is looking at it. Please do not pay again; we will write to you.")
        return Story(_("This takes longer than it should"), "waiting", note, items, goes_on=True)
    if progress and progress.state == "compensating":
        return Story(_("This did not go through"), "waiting", _stands(), items, goes_on=True)
    note = _("You can close this page. We finish it and send you a mail.")
    headline = _("Asking your bank…") if move.charge else _("Moving your booking…")
    return Story(headline, "waiting", note, items, goes_on=True)


def _items(move: Move, progress: Progress | None, refund: Refund | None) -> list[dict[str, Any]]:
    texts = {
        "mark line as moving": (_("Both times were kept for you"), _("Both times are kept for you")),
        CHARGE: (_("Your card was charged the difference"), _("Your card is charged the difference")),
        "swap places": (_("Your booking is at its new time"), _("Your booking goes to its new time")),
        "send e-mail": (_("A mail with the details is on its way"), _("You get a mail with the details")),
        BACK: (_("We sent the difference to your bank"), _("We send the difference to your bank")),
    }
    left_out = (set() if move.charge else {CHARGE}) | (set() if move.amount else {BACK})
    items = []
    for step in progress.steps if progress else []:
        if step.name not in texts.keys() - left_out:
            continue
        state, (done, to_come) = MARK.get(step.state, "doing"), texts[step.name]
        if step.name == CHARGE and move.action_url:
            # A saga that waits for its customer calls its step «waiting», like those that are to come.
            state, to_come = "doing", _("You confirm at your bank")
        if step.name == CHARGE and state == "failed":
            to_come = _("Your card was not charged")
        items.append({"text": done if state in {"done", "undone"} else to_come, "state": state, "at": step.at})
    if refund and refund.settled_at:
        items.append({"text": _("The difference is back"), "state": "done", "at": refund.settled_at})
    return items


def _back(move: Move, refund: Refund | None, *, returned: bool) -> str:
    """What becomes of the difference, if any comes back."""
    said = []
    if move.amount:
        amount = words.money(move.amount, move.currency, language())
        if returned:
            return _("Your bank gave the %(amount)s back to us. They stay yours: somebody sees to it.", amount=amount)
        arrived = refund is not None and refund.settled_at is not None
        said.append(
            _("%(amount)s came back to your card.", amount=amount)
            if arrived
            else _("%(amount)s goes back to your card.", amount=amount)
        )
    if move.points:
        said.append(_("%(points)s points are back.", points=f"{move.points:,}"))
    return " ".join(said)


def _why(progress: Progress | None) -> str:
    refusal = (progress.refusal if progress else None) or {}
    return errors.say(refusal.get("message", ""), refusal.get("params")) or _("This did not go through.")


def _stands() -> str:
    return _("Your booking stands where it was.")
