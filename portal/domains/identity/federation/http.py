"""How we speak to a provider: https only, no redirects, nowhere inside our own network, never for long.

The address is looked at where it counts: on the connection that was made, so that a name that answers differently the
second time gains nothing.
"""

import ipaddress
import json
import os
import time
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.requests_client import OAuth2Session
from requests import RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

CONNECT_WITHIN, ANSWER_WITHIN, ALL_WITHIN = 3.0, 5.0, 10.0
"""Seconds to connect, between two pieces of an answer, and for the whole of it."""
LARGEST = 512 * 1024
"""Bytes of an answer; discovery documents and key sets have a few thousand."""


class Away(Exception):
    """The provider did not answer, or not with what the standards ask for; the message is for the log."""


class Reach:
    """Which addresses may be spoken to. `anywhere` is for one machine on its own, where the provider is next door."""

    def __init__(self, *, anywhere: bool, private_network: bool = False) -> None:
        self.anywhere = anywhere
        self.private_network = private_network

    def allows(self, address: str) -> bool:
        """Whether a connection to this IP address is meant."""
        if self.anywhere:
            return True
        try:
            ip: Any = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        ip = getattr(ip, "ipv4_mapped", None) or ip
        if ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved:
            return False
        return bool(ip.is_global or (self.private_network and ip.is_private))

    def check_url(self, url: object) -> str:
        """The URL if it may be asked. Raises Away."""
        if not isinstance(url, str):
            raise Away(f"not a URL: {url!r}")
        parts = urlsplit(url)
        secure = parts.scheme == "https" or (self.anywhere and parts.scheme == "http")
        if not secure or not parts.hostname or parts.username is not None or parts.fragment:
            raise Away(f"not an address we speak to: {url}")
        return url


class GuardedSession(OAuth2Session):
    """Authlib's session (`client_cls` of a client) with the limits of this module on every request."""

    def __init__(self, *args: Any, reach: Reach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reach = reach
        self.trust_env = False  # neither a proxy nor a .netrc of whoever started us
        self.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True  # a company's own authority
        adapter = _Adapter(reach)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """The answer, read whole. Raises Away for any that is not 200, a redirect included; 4xx of POST are passed on
        (the token address says there why it refuses)."""
        self._reach.check_url(url)
        kwargs |= {"allow_redirects": False, "timeout": (CONNECT_WITHIN, ANSWER_WITHIN), "stream": True}
        try:
            response: Response = super().request(method, url, *args, **kwargs)
            _read(response)
        except (RequestException, HTTPError) as error:
            raise Away(f"{url}: {type(error).__name__}") from error
        if response.status_code != 200 and not (method == "POST" and 400 <= response.status_code < 500):
            raise Away(f"{url}: answered {response.status_code}")
        return response


def json_object(response: Response) -> dict[str, Any]:
    """The JSON object of an answer. Raises Away."""
    try:
        found = json.loads(response.content)
    except ValueError as error:
        raise Away(f"{response.url}: not JSON") from error
    if not isinstance(found, dict):
        raise Away(f"{response.url}: not a JSON object")
    return found


def _read(response: Response) -> None:
    deadline, pieces, size = time.monotonic() + ALL_WITHIN, [], 0
    try:
        for piece in response.iter_content(16 * 1024):
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST or time.monotonic() > deadline:
                raise Away(f"{response.url}: too much, or too slow")
    finally:
        response.close()
    response._content = b"".join(pieces)  # where requests itself keeps what it has read


def _adapter_pools(reach: Reach) -> dict[str, type[HTTPConnectionPool]]:
    def checked(connection: Any, sock: Any) -> Any:
        peer = sock.getpeername()[0]
        if not reach.allows(peer):
            sock.close()
            raise Away(f"{connection.host} is {peer}: not an address we speak to")
        return sock

    class Plain(HTTPConnection):
        def _new_conn(self) -> Any:
            return checked(self, super()._new_conn())

    class Secure(HTTPSConnection):
        def _new_conn(self) -> Any:
            return checked(self, super()._new_conn())

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _Adapter(HTTPAdapter):
    def __init__(self, reach: Reach) -> None:
        self._pools = _adapter_pools(reach)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = self._pools
