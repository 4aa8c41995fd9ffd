"""How news of a provider is taken in: event and effect in one transaction, thanked for only after the commit."""

from flask import Response, abort, request

from portal.domains import payments, refunds
from portal.kernel import log
from portal.kernel.steps import Unknown
from portal.kernel.watch import Count
from portal.web.database import transaction

MOST = 256 * 1024

logger = log.get("web.hooks")
HOOKS = Count("jari_webhooks_total", "The provider's webhooks: new, again, not_yet, forged.", "provider", "as")


def take_in(provider: str) -> Response:
    """The answer to the provider of this name."""
    if (request.content_length or 0) > MOST:
        abort(413)
    gateway = payments.named(provider)
    try:
        event = gateway.read_event(dict(request.headers), request.get_data())
    except payments.Forged as forged:
        logger.warning("forged event", reason=str(forged))
        HOOKS.add(gateway.name, "forged")
        abort(400)
    try:
        # Asked before it is noted: whoever dies in between is told again, and asks again.
        told = event.order_number if event.paid else None
        late = payments.find_late(transaction, told, named_ref=event.charge_ref) if told else None
        with transaction() as tx:
            taken = payments.take_in(tx, gateway.name, event, late)
            if taken and event.repayment:
                refunds.settled(tx, event.repayment, event.charge_ref)
    except (payments.NotYet, Unknown):
        HOOKS.add(gateway.name, "not_yet")
        # Nothing was taken in: the provider comes again, and by then our own answer is written down, or it has one.
        return Response(status=503, headers={"Retry-After": "5"})
    HOOKS.add(gateway.name, "new" if taken else "again")
    logger.info("event taken in", event_id=event.id, kind=event.kind, again=not taken)
    return Response(status=200)
