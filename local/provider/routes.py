"""Which call of the API an address means: its name for faults and counts, and the function that carries it out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from local.provider import charges, events, intents, refunds, search
from local.provider.answer import Answer


@dataclass(frozen=True)
class Route:
    """`name` is one of faults.CALLS. A POST writes; a GET only reads."""

    method: str
    path: str
    name: str
    function: Callable[..., Answer]

    def match(self, method: str, path: str) -> list[str] | None:
        pattern = re.sub(r"\{\w+\}", "([^/]+)", self.path)
        found = re.fullmatch(pattern, path) if method == self.method else None
        return [unquote(part) for part in found.groups()] if found else None


ROUTES = (
    Route("POST", "/v1/payment_intents", "create", intents.create),
    Route("POST", "/v1/payment_intents/{id}/confirm", "confirm", intents.confirm),
    Route("POST", "/v1/payment_intents/{id}/cancel", "cancel", intents.cancel),
    Route("GET", "/v1/payment_intents/search", "search", search.intents),
    Route("GET", "/v1/payment_intents/{id}", "retrieve", intents.retrieve),
    Route("GET", "/v1/payment_intents", "retrieve", intents.list_all),
    Route("GET", "/v1/charges/{id}", "retrieve", charges.retrieve),
    Route("GET", "/v1/charges", "retrieve", charges.list_all),
    Route("POST", "/v1/refunds", "refund", refunds.create),
    Route("GET", "/v1/refunds/{id}", "retrieve", refunds.retrieve),
    Route("GET", "/v1/refunds", "retrieve", refunds.list_all),
    Route("GET", "/v1/events/{id}", "retrieve", events.retrieve),
    Route("GET", "/v1/events", "retrieve", events.list_all),
)


def find_route(method: str, path: str) -> tuple[Route, list[str]] | None:
    """Return the route and the names in the address, decoded."""
    for route in ROUTES:
        names = route.match(method, path)
        if names is not None:
            return route, names
    return None
