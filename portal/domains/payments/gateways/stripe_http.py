"""The SDK's way to Stripe: our own pools instead of its client on `requests`."""

from collections.abc import Mapping
from typing import Any

import stripe

from portal.domains.payments.gateways.pools import pools_to


class PooledClient(stripe.HTTPClient):
    """Shared by all threads."""

    name = "urllib3"

    def __init__(self, address: str, *, timeout: float) -> None:
        super().__init__()
        self._pools = pools_to(address, timeout=timeout, ca_bundle=stripe.ca_bundle_path)

    def request(  # type: ignore[override]  # bytes, as the SDK's own clients return
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Body, status and headers. Raises stripe.APIConnectionError for whatever is no answer."""
        sent = {"Accept-Encoding": "gzip", **(headers or {})}
        try:
            answer = self._pools.urlopen(method.upper(), url, redirect=False, body=post_data, headers=sent)
        except Exception as error:  # as the SDK's own clients do: the money may have moved, whatever broke here
            raise stripe.APIConnectionError(f"{type(error).__name__}: {error}") from error
        return answer.data, answer.status, answer.headers

    def close(self) -> None:
        self._pools.clear()
