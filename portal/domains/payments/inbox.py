"""The provider's webhooks: taken in once per event id, in the transaction of their effect, believed only as hints."""

from sqlalchemy import select

from portal.domains import orders
from portal.domains.payments.charging import is_move
from portal.domains.payments.gateways import Event
from portal.domains.payments.late import Late, begin_late
from portal.domains.payments.models import Payment
from portal.kernel import sagas, wire
from portal.kernel.db import Tx

NOTE = """
INSERT INTO provider_events (provider, event_id, kind, object_ref)
VALUES (%(provider)s, %(event_id)s, %(kind)s, %(object_ref)s)
ON CONFLICT DO NOTHING RETURNING event_id
"""


def take_in(tx: Tx, provider: str, event: Event, late: Late | None = None) -> bool:
    """Notes the event, and wakes the payment it tells of. False if it was taken in before: then nothing happens.

    `late`: money of an order that was given up, which the provider confirmed when it was asked about this event.
    Of what nobody signed only that is noted which tells of a payment of ours: whoever makes things up fills no table.
    """
    if not event.signed and not _is_ours(tx, provider, event):
        return False
    told = {"provider": provider, "event_id": event.id, "kind": event.kind, "object_ref": event.charge_ref}
    if not wire.ask(tx, NOTE, told):
        return False
    if event.order_number and not event.repayment:
        sagas.engine().wake(tx, "move" if is_move(event.order_number) else "payment", event.order_number)
    if late:
        begin_late(tx, late, told_by="provider")
    return True


def _is_ours(tx: Tx, provider: str, event: Event) -> bool:
    """It names an order or a move of ours, paid with this provider by no other charge than the one it names."""
    ours = (
        select(Payment.id)
        .join(orders.Order, orders.Order.id == Payment.order_id)
        .where(
            (orders.Order.number == event.order_number) & Payment.move_number.is_(None)
            | (Payment.move_number == event.order_number),
            Payment.provider == provider,
            (Payment.provider_ref == event.charge_ref) | (Payment.provider_ref.is_(None)),
        )
    )
    return tx.execute(ours).first() is not None
