"""Facts about refunds."""

from portal.kernel.errors import N_, Fact, Refusal


class NotRefundable(Refusal):
    """The order, or a line of it, cannot be given back now."""

    code = "not-refundable"
    message = N_("This order cannot be refunded now.")


class AlreadyAsked(Refusal):
    """A refund of this order is open already."""

    code = "already-asked"
    message = N_("A refund of this order is already on its way.")


class NothingReturned(Fact):
    """The money has not come back, or is on its way again."""

    code = "nothing-returned"
    message = N_("This money is not waiting for anybody: it has not come back, or somebody has sent it again.")


class AlreadyDecided(Fact):
    """Somebody decided meanwhile."""

    code = "already-decided"
    message = N_("Somebody has already decided about this refund.")
