"""Facts about money from outside."""

from portal.kernel.errors import N_, Refusal


class CardDeclined(Refusal):
    """The provider said no."""

    code = "card-declined"
    message = N_("Your card was declined. Nothing was charged; try another card.")
    field = "payment"


class ConfirmationRefused(Refusal):
    """The bank asked the customer to confirm, and they said no there."""

    code = "confirmation-refused"
    message = N_("You did not confirm the payment at your bank. Nothing was charged; try again, or another card.")
    field = "payment"


class NotConfirmed(Refusal):
    """The customer did not confirm at the bank in time."""

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


class NotYet(Exception):
    """The provider tells of money that we are just moving, or giving up: what we know of it is not written down yet.
    Tell us later."""
