"""The test cards, by Stripe's public names, and what becomes of a payment made with each."""

from dataclasses import dataclass

from local.provider.errors import no_such


@dataclass(frozen=True)
class Decline:
    code: str
    decline_code: str
    message: str


@dataclass(frozen=True)
class Card:
    """`asks` the customer to confirm first; a refund of it ends as `refunds_end`, at once unless `refunds_wait`. Where
    one has failed, the next one arrives."""

    last4: str
    asks: bool = False
    decline: Decline | None = None
    refunds_wait: bool = False
    refunds_end: str = "succeeded"


DECLINED = Decline("card_declined", "generic_decline", "Your card was declined.")
NO_FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.")
NOT_PROCESSED = Decline(
    "processing_error", "processing_error", "An error occurred while processing your card. Try again in a little bit."
)

CARDS = {
    "pm_card_visa": Card("4242"),
    "pm_card_chargeDeclined": Card("0002", decline=DECLINED),
    "pm_card_visa_chargeDeclined": Card("0002", decline=DECLINED),
    "pm_card_chargeDeclinedInsufficientFunds": Card("9995", decline=NO_FUNDS),
    "pm_card_visa_chargeDeclinedInsufficientFunds": Card("9995", decline=NO_FUNDS),
    "pm_card_chargeDeclinedExpiredCard": Card("0069", decline=EXPIRED),
    "pm_card_visa_chargeDeclinedExpiredCard": Card("0069", decline=EXPIRED),
    "pm_card_chargeDeclinedProcessingError": Card("0119", decline=NOT_PROCESSED),
    "pm_card_visa_chargeDeclinedProcessingError": Card("0119", decline=NOT_PROCESSED),
    "pm_card_threeDSecure2Required": Card("3220", asks=True),
    "pm_card_threeDSecureRequiredChargeDeclined": Card("1629", asks=True, decline=DECLINED),
    "pm_card_pendingRefund": Card("7726", refunds_wait=True),
    "pm_card_refundFail": Card("5126", refunds_wait=True, refunds_end="failed"),
}


def get_card(name: str) -> Card:
    card = CARDS.get(name)
    if card is None:
        raise no_such("PaymentMethod", name, "payment_method", 400)
    return card
