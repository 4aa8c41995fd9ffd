"""Hands a text message to a gateway: POST {"to", "text", "reference"} as JSON to SMS_URL, the port for all of them.

Gateways of the trade differ in the names of these fields; one with other names stands behind a few lines of its own.
"""

from urllib.parse import unquote, urlsplit, urlunsplit

import requests

TIMEOUT = 10.0
"""Seconds for the gateway's answer."""


class NotTaken(OSError):
    """The gateway answered, and did not take the message."""


def send_text(number: str, text: str, sms_url: str, *, key: str, timeout: float = TIMEOUT) -> None:
    """Sends `text` to `number` (E.164). `key` makes a message that is sent again the same message.

    Raises OSError (those of requests are) when the gateway is not reached, and NotTaken.
    """
    parts = urlsplit(sms_url)
    if parts.scheme not in {"http", "https"}:
        raise ValueError("SMS_URL begins with https://")
    address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    name, secret = unquote(parts.username or ""), unquote(parts.password or "")
    answer = requests.post(
        address,
        json={"to": number, "text": text, "reference": key},
        headers={"Idempotency-Key": key, **({"Authorization": f"Bearer {secret}"} if secret and not name else {})},
        auth=(name, secret) if name else None,
        timeout=timeout,
        allow_redirects=False,
    )
    if answer.status_code // 100 != 2:
        raise NotTaken(f"the gateway answered {answer.status_code}")
