"""How the rest can be paid. With the practice provider there is no card form, but a choice of its public test cards.

Behind a real provider its own form takes this place (Stripe's Elements): it puts a token into the same field.
"""

from flask_babel import gettext as _

from portal.web.customer.face import settings

Way = tuple[str, str, str, str]
"""Token, name, what to know about it, icon."""


def ways() -> list[Way]:
    """The cards to choose from; none where a provider's own form is needed and not built in."""
    if settings().payment_provider == "toss":
        return [("toss", _("Toss Payments"), _("You choose how to pay in the next window"), "credit-card")]
    if not settings().stripe_api_base:
        return []
    return [
        ("pm_card_visa", _("Practice card that pays"), _("Visa ending in 4242"), "credit-card"),
        (
            "pm_card_threeDSecure2Required",
            _("Practice card that asks you to confirm"),
            _("Your bank shows a page of its own"),
            "shield-check",
        ),
        ("pm_card_chargeDeclined", _("Practice card that is declined"), _("The bank says no"), "ban"),
        (
            "pm_card_refundFail",
            _("Practice card that takes nothing back"),
            _("It pays, but the bank returns the first refund to us"),
            "undo-2",
        ),
    ]


def known(token: str) -> bool:
    return any(token == way[0] for way in ways())
