"""Where a refund may go; the database refuses any other way (migration 0022)."""

from portal.kernel.moves import moves

REFUND = moves(
    requested="approved rejected cancelled",  # cancelled: its customer took it back
    approved="sent settled cancelled",  # settled at once: points alone; cancelled: the provider would not
    sent="settled",
    rejected="",
    settled="",
    cancelled="",
)
