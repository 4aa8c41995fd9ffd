"""Facts about money from outside."""

from portal.kernel.errors import N_, Refusal


class CardDeclined(Refusal):
    """The provider said no."""

    code = "card-declined"
    message = N_("Your card was declined. Nothing was charged; try another card.")
    field = "payment"


class NotConfirmed(Refusal):
    """The customer did not confirm at the bank in time, or refused there."""

    code = "not-confirmed"
    message = N_("The payment was not confirmed at your bank. Nothing was charged.")
    field = "payment"


class NothingLeft(Refusal):
    """More would go back than was paid."""

    code = "nothing-left"
    message = N_("That is more than is left of this payment.")


class NotReturned(Refusal):
    """It is not sent again, because the earlier try has not come back."""

    code = "not-returned"
    message = N_("The payment provider says that the money of the earlier try has not come back.")


class RefundDeclined(Refusal):
    """The provider will not send this money back."""

    code = "refund-declined"
    message = N_("The payment provider refused to send the money back.")
