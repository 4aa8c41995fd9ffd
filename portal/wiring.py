"""Connects the domains to the outside world as the settings say; the web and the workers both begin here."""

from portal.config import Settings
from portal.domains import payments
from portal.domains.payments.gateways.stripe import StripeGateway
from portal.domains.payments.gateways.toss import TossGateway
from portal.domains.payments.gateways.watched import watched


def connect(settings: Settings) -> None:
    """Plugs in the payment providers and tells them where customers come back to.

    The chosen one comes last and gets the new charges; the other one still serves what was paid with it.
    """
    makers = {"stripe": _stripe, "toss": _toss}
    for name in sorted(makers, key=settings.payment_provider.__eq__):
        payments.plug(watched(makers[name](settings)))
    payments.return_address.base_url = settings.base_url.rstrip("/")


def _stripe(settings: Settings) -> payments.Gateway:
    return StripeGateway(
        settings.stripe_api_key,
        webhook_secret=settings.stripe_webhook_secret,
        api_base=settings.stripe_api_base,
        timeout=settings.provider_timeout,
    )


def _toss(settings: Settings) -> payments.Gateway:
    return TossGateway(
        settings.toss_secret_key,
        window_url=settings.toss_window_url,
        api_base=settings.toss_api_base,
        timeout=settings.provider_timeout,
    )
