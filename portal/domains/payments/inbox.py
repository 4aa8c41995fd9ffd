"""The provider's webhooks: taken in once per event id, in the transaction of their effect, believed only as hints."""

from sqlalchemy.dialects.postgresql import insert

from portal.domains.payments.gateways import Event
from portal.domains.payments.models import ProviderEvent
from portal.kernel import sagas
from portal.kernel.db import Tx


def take_in(tx: Tx, provider: str, event: Event) -> bool:
    """Notes the event, and wakes the payment it tells of. False if it was taken in before: then nothing happens."""
    values = {"provider": provider, "event_id": event.id, "kind": event.kind, "object_ref": event.charge_ref}
    taken = tx.execute(
        insert(ProviderEvent).values(values).on_conflict_do_nothing().returning(ProviderEvent.event_id)
    ).scalar()
    if taken is None:
        return False
    if event.order_number and not event.repayment:
        sagas.engine().wake(tx, "payment", event.order_number)
    return True
