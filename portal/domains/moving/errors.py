"""Facts about bookings that move."""

from portal.kernel.errors import N_, Refusal


class NotMovable(Refusal):
    """The booking cannot move now, whatever the time it would move to."""

    code = "not-movable"
    message = N_("This booking cannot be moved any more.")


class UnderWay(Refusal):
    """Something else of the order is not finished: its payment, another move, or a refund."""

    code = "under-way"
    message = N_("Something of this order is just being paid, moved or given back. Try again when that is done.")


class SameTime(Refusal):
    """It is at this time already."""

    code = "same-time"
    message = N_("The booking is at this time already. Choose another one.")
    field = "start"


class DifferenceChanged(Refusal):
    """Between looking and agreeing, the price or the rule of the new time has changed."""

    code = "difference-changed"
    message = N_("The difference is another one now. Look at it once more; nothing was moved or charged yet.")
