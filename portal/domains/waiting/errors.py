"""Facts about waiting lists."""

from portal.kernel.errors import N_, Refusal


class FreeNow(Refusal):
    """There is room and nobody waits for it, so there is nothing to wait for."""

    code = "free-now"
    message = N_("This time is free at the moment. You can book it right away.")
    field = "start"


class TooManyEntries(Refusal):
    """One person waits for as many times as are allowed at once."""

    code = "too-many-entries"
    message = N_("You are on %(most)s waiting lists already, and more are not possible at once.")
    field = "start"


class OfferTaken(Refusal):
    """The place that was offered is part of an order by now, so it is the order that must be changed."""

    code = "offer-taken"
    message = N_("The place that was offered is part of an order by now.")
