"""Is it ready? Questions a supervisor asks a starting process."""

import http.client
from collections.abc import Callable
from urllib.parse import urlsplit

Probe = Callable[[], bool]


def answers(url: str) -> Probe:
    """True once a GET of this address answers 200."""

    def ask() -> bool:
        try:
            return status(url) == 200
        except (OSError, http.client.HTTPException):
            return False

    return ask


def status(url: str, timeout: float = 1) -> int:
    """The status of the answer to a GET; straight to the server, whatever proxy the environment names."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=timeout)
    try:
        connection.request("GET", f"{address.path or '/'}{f'?{address.query}' if address.query else ''}")
        answer = connection.getresponse()
        answer.read()  # to the end: who hangs up early leaves the server with an error to report
        return answer.status
    finally:
        connection.close()


def at_once() -> bool:
    """For what is as ready as it gets as soon as it runs."""
    return True
