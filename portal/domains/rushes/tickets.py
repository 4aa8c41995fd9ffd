"""The signed paper people carry: when they came, and, once it is their turn, until when they may choose.

What it says is true whatever Redis remembers. It names its product and its owner, so it opens nothing else and nobody
else anything.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer

MICRO = 1_000_000


@dataclass(frozen=True)
class Ticket:
    """`arrived`: microseconds since 1970 by Redis' clock. `until`: of a pass, seconds since 1970; 0 for who waits."""

    product_id: UUID
    account_id: UUID
    arrived: int
    until: int = 0

    @property
    def came_at(self) -> datetime:
        return datetime.fromtimestamp(self.arrived / MICRO, UTC)

    def lets_in(self, now: datetime) -> bool:
        """Whether it is a pass that still runs."""
        return self.until > now.timestamp()


class Tickets:
    """Writes tickets, and reads those that were written here for this person and this product."""

    def __init__(self, secret_key: str) -> None:
        self._signer = URLSafeSerializer(secret_key, salt="a place in the queue")

    def write(self, ticket: Ticket) -> str:
        return str(self._signer.dumps([ticket.product_id.hex, ticket.account_id.hex, ticket.arrived, ticket.until]))

    def read(self, text: str, *, product_id: UUID, account_id: UUID, opened_at: datetime) -> Ticket | None:
        """The ticket; None for one that is forged, somebody else's, another product's, or of an earlier rush."""
        try:
            product, account, arrived, until = self._signer.loads(text[:1000])
            ticket = Ticket(UUID(hex=product), UUID(hex=account), int(arrived), int(until))
        except (BadData, ValueError, TypeError):
            return None
        theirs = (ticket.product_id, ticket.account_id) == (product_id, account_id)
        return ticket if theirs and ticket.came_at >= opened_at else None
