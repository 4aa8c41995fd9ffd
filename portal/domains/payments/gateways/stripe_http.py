"""The SDK's way to Stripe: the pools of urllib3 themselves, without `requests` around them.

What `requests` does anew for each call - cookies, adapters, proxies of the environment, redirects - is of no use here,
and costs more than a third of what opening and confirming a charge costs a worker.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import stripe
import urllib3
from requests.utils import get_environ_proxies, prepend_scheme_if_needed, select_proxy

KEPT = 8
"""Connections kept open for the next call: one for each thread of a process (gunicorn.conf.py)."""


class PooledClient(stripe.HTTPClient):
    """Shared by all threads. Nothing is sent twice, whatever happens: that is the saga engine's to decide."""

    name = "urllib3"

    def __init__(self, address: str, *, timeout: float) -> None:
        """`timeout`: seconds to connect, and between two pieces of an answer."""
        super().__init__()
        self._pools = _pools_to(
            address,
            maxsize=KEPT,
            timeout=urllib3.Timeout(connect=timeout, read=timeout),
            retries=False,
            cert_reqs="CERT_REQUIRED",
            ca_certs=stripe.ca_bundle_path,
        )

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


def _pools_to(address: str, **how: Any) -> urllib3.PoolManager:
    """Through the proxy that the environment names for this address (HTTPS_PROXY, NO_PROXY), if there is one."""
    proxy = select_proxy(address, get_environ_proxies(address))
    if not proxy:
        return urllib3.PoolManager(**how)
    proxy = prepend_scheme_if_needed(proxy, "http")
    login = unquote(urllib3.util.parse_url(proxy).auth or "")
    return urllib3.ProxyManager(proxy, proxy_headers=urllib3.make_headers(proxy_basic_auth=login), **how)
