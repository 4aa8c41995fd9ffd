"""Hands a message to a mail server: smtp:// or smtps://, with user and password, encrypted where the server can."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

TIMEOUT = 10.0
"""Seconds for each answer of the mail server."""
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


class PasswordInTheClear(OSError):
    """The mail server offers no encryption, so the password for it stays here."""


def send(message: EmailMessage, mail_url: str, *, timeout: float = TIMEOUT) -> None:
    """Delivers to the server. Raises OSError (smtplib's errors are) when it is not reached or does not take it."""
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
    with server:
        server.ehlo()
        secure = url.scheme == "smtps"
        if not secure and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            secure = True
        if url.username:
            if not secure and host not in THIS_MACHINE:
                raise PasswordInTheClear(f"{host} offers no encryption")
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)
