"""Connects the domains to the outside world as the settings say; the web and the workers both begin here."""

from portal.config import Settings
from portal.domains import payments
from portal.domains.payments.gateways.stripe import StripeGateway
from portal.domains.payments.gateways.watched import watched


def connect(settings: Settings) -> None:
    """Plugs in the payment provider and tells it where customers come back to."""
    payments.plug(
        watched(
            StripeGateway(
                settings.stripe_api_key,
                webhook_secret=settings.stripe_webhook_secret,
                api_base=settings.stripe_api_base,
                timeout=settings.provider_timeout,
            )
        )
    )
    payments.return_address.base_url = settings.base_url.rstrip("/")
