"""Where a payment and its attempts may go; the database refuses any other way (migration 0022)."""

from portal.kernel.moves import moves

PAYMENT = moves(
    sent="action_needed unknown paid refused cancelled",
    action_needed="unknown paid refused cancelled",
    unknown="action_needed paid refused cancelled",
    refused="paid",  # given up, and the provider took it late
    cancelled="paid",
    paid="",
)
CHARGE = moves(
    sent="pending unknown done failed",
    pending="unknown done failed",  # the customer has to act
    unknown="pending done failed",
    failed="done",  # given up, and the provider took it late
    done="",
)
REPAYMENT = moves(
    sent="pending unknown done failed",
    pending="done failed",  # the bank takes its days
    unknown="pending done failed",
    done="failed",  # even what had arrived may be given back: an account was closed
    failed="",
)
