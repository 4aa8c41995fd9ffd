"""Hands messages to a mail server: smtp:// or smtps://, with user and password, encrypted where the server can."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

TIMEOUT = 10.0
"""Seconds for each answer of the mail server."""
MOST = 50
"""Messages that one connection carries; servers end one by themselves after a hundred or so."""
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


class PasswordInTheClear(OSError):
    """The mail server offers no encryption, so the password for it stays here."""


class Line:
    """One connection to a mail server: made with the first message, kept for those that follow, and made anew after an
    error, or after as many as servers commonly take at once."""

    def __init__(self, mail_url: str, *, timeout: float = TIMEOUT) -> None:
        self._url = mail_url
        self._timeout = timeout
        self._server: smtplib.SMTP | None = None
        self._sent = 0

    def send(self, message: EmailMessage) -> None:
        """Delivers to the server. Raises OSError (smtplib's errors are) when it is not reached or does not take it."""
        if self._server is None:
            self._server, self._sent = _connected(self._url, self._timeout), 0
        try:
            self._server.send_message(message)
            self._sent += 1
        except BaseException:
            self._drop()
            raise
        if self._sent >= MOST:
            self.close()

    def close(self) -> None:
        """Says goodbye. What was sent has arrived, whatever the server makes of that."""
        if self._server is not None:
            with suppress(OSError):
                self._server.quit()
            self._drop()

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None


def _connected(mail_url: str, timeout: float) -> smtplib.SMTP:
    """Encrypted where the server can, and logged in where the URL has a user."""
    url = urlsplit(mail_url)
    host = url.hostname or "localhost"
    # Whom to trust is read from the machine's list only where somebody has to be trusted: it costs more than the mail.
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, url.port or 465, timeout=timeout, context=ssl.create_default_context()
        )
    elif url.scheme == "smtp":
        server = smtplib.SMTP(host, url.port or 25, timeout=timeout)
    else:
        raise ValueError(f"MAIL_URL begins with smtp:// or smtps://, not {url.scheme}://")
    try:
        server.ehlo()
        secure = url.scheme == "smtps"
        if not secure and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            secure = True
        if url.username:
            if not secure and host not in THIS_MACHINE:
                raise PasswordInTheClear(f"{host} offers no encryption")
            server.login(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        server.close()
        raise
    return server
