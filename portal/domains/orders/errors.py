"""Facts about orders."""

from portal.kernel.errors import N_, Refusal


class NothingToOrder(Refusal):
    """The basket is empty."""

    code = "nothing-to-order"
    message = N_("There is nothing to order yet. Choose a time first.")


class LinesGone(Refusal):
    """Some lines of a refund are not active any more."""

    code = "lines-gone"
    message = N_("Part of this order has already been cancelled.")


class HoldsGone(Refusal):
    """The holds of an order are not all there. The database's constraints make this a mistake, not a daily event."""

    code = "holds-gone"
    message = N_("Your place was no longer reserved when we came to book it.")
