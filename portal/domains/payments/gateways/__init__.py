"""Payment providers behind one port: the portal's own words for what they do, and those that are plugged in."""

from portal.domains.payments.gateways.port import Back, Charge, Event, Gateway, Movement, Repayment, Taken

_gateway: Gateway | None = None
_known: dict[str, Gateway] = {}


def plug(gateway: Gateway) -> None:
    """Connects a provider. New charges go to the last one plugged; the others keep serving what was paid with them."""
    global _gateway
    _gateway = _known[gateway.name] = gateway


def current() -> Gateway:
    """The provider in use. Raises RuntimeError where none is plugged in."""
    if _gateway is None:
        raise RuntimeError("no payment provider is plugged in; create_app and the workers do that")
    return _gateway


def named(name: str) -> Gateway:
    """The provider of this name. Raises RuntimeError where it is not plugged in."""
    if name not in _known:
        raise RuntimeError(f"the payment provider {name} is not plugged in")
    return _known[name]


def plugged() -> list[Gateway]:
    """All of them."""
    return list(_known.values())


__all__ = [
    "Back",
    "Charge",
    "Event",
    "Gateway",
    "Movement",
    "Repayment",
    "Taken",
    "current",
    "named",
    "plug",
    "plugged",
]
