"""Where an order and its lines may go; the database refuses any other way (migrations 0022, 0095)."""

from portal.kernel.moves import moves

ORDER = moves(
    processing="awaiting_payment completed cancelled refunding",  # refunding: paid, and never to be completed
    awaiting_payment="processing completed cancelled",
    completed="refunding",
    refunding="completed processing refunded",  # back where it was when the refund is refused, or part of it was meant
    cancelled="processing",  # its money came late, and the places were still free
    refunded="",
)
ORDER_LINE = moves(
    active="cancelling moving",
    moving="active",  # to another time, or not after all
    cancelling="active cancelled",
    cancelled="",
)
