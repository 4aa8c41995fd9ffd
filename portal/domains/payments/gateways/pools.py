"""Connections to a provider that are kept for the next call: those of urllib3, without `requests` around them.

What `requests` does anew for each call - cookies, adapters, proxies of the environment, redirects - is of no use here,
and costs more than a third of what opening and confirming a charge costs a worker. Nothing is sent twice and nothing
elsewhere, whatever happens: that is the saga engine's to decide.
"""

from typing import Any
from urllib.parse import unquote

import urllib3
from requests.utils import get_environ_proxies, prepend_scheme_if_needed, select_proxy

KEPT = 8
"""Connections kept open for the next call: one for each thread of a process (gunicorn.conf.py)."""


def pools_to(address: str, *, timeout: float, ca_bundle: str) -> urllib3.PoolManager:
    """Shared by all threads; through the proxy that the environment names for this address (HTTPS_PROXY, NO_PROXY).

    `timeout`: seconds to connect, and between two pieces of an answer. `ca_bundle`: the file of certificates it trusts.
    """
    how: dict[str, Any] = {
        "maxsize": KEPT,
        "timeout": urllib3.Timeout(connect=timeout, read=timeout),
        "retries": False,  # redirects are none either
        "cert_reqs": "CERT_REQUIRED",
        "ca_certs": ca_bundle,
    }
    proxy = select_proxy(address, get_environ_proxies(address))
    if not proxy:
        return urllib3.PoolManager(**how)
    proxy = prepend_scheme_if_needed(proxy, "http")
    login = unquote(urllib3.util.parse_url(proxy).auth or "")
    return urllib3.ProxyManager(proxy, proxy_headers=urllib3.make_headers(proxy_basic_auth=login), **how)
