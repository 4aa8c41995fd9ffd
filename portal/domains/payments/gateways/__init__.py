"""Payment providers behind one port: the portal's own words for what they do, and the one that is plugged in."""

from portal.domains.payments.gateways.port import Charge, Event, Gateway, Repayment

_gateway: Gateway | None = None


def plug(gateway: Gateway) -> None:
    """Connects a provider; the last one plugged is used."""
    global _gateway
    _gateway = gateway


def current() -> Gateway:
    """The provider in use. Raises RuntimeError where none is plugged in."""
    if _gateway is None:
        raise RuntimeError("no payment provider is plugged in; create_app and the workers do that")
    return _gateway


__all__ = ["Charge", "Event", "Gateway", "Repayment", "current", "plug"]
