"""Handing a message to mail servers of every kind; a password never leaves in the clear."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from email.message import EmailMessage
from pathlib import Path
from socket import create_server
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, LoginPassword

from local.ports import free_port
from portal.domains.notifications import post
from tests.support.certificate import certificate

LOGIN = "jari%40example.com:pa%3Ass"


def send(message: EmailMessage, mail_url: str, **how: Any) -> None:
    with closing(post.Line(mail_url, **how)) as line:
        line.send(message)


class Box:
    """A mail server of the test: what it took, and who logged in."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.users: list[tuple[bytes, bytes]] = []
        self.greeted = 0

    async def handle_EHLO(
        self, _server: Server, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.greeted += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, _server: Server, _session: Any, envelope: Any) -> str:
        if b"unwelcome" in envelope.content:
            return "554 not this one"
        self.taken.append(envelope.rcpt_tos[0])
        return "250 taken"

    def authenticate(self, _server: Server, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.users.append((data.login, data.password))
        return AuthResult(success=data.password == b"pa:ss", handled=False)


@pytest.fixture
def message() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "Hello"
    message.set_content("Hello")
    return message


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for 127.0.0.1 that clients trust."""
    file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


@pytest.fixture
def serve(box: Box) -> Iterator[Callable[..., str]]:
    """Starts a server with these options; returns its host and port."""
    with ExitStack() as running:

        def start(**options: Any) -> str:
            controller = Controller(
                box,
                hostname="127.0.0.1",
                port=free_port(),
                authenticator=box.authenticate,
                auth_require_tls=False,
                **options,
            )
            controller.start()
            running.callback(controller.stop)
            return f"127.0.0.1:{controller.port}"

        yield start


def test_plain(serve: Callable[..., str], box: Box, message: EmailMessage) -> None:
    send(message, f"smtp://{serve()}")
    assert (box.taken, box.users) == (["b@example.com"], [])


def test_a_connection_carries_many_and_not_more_than_servers_like(
    serve: Callable[..., str], box: Box, message: EmailMessage
) -> None:
    with closing(post.Line(f"smtp://{serve()}")) as line:
        for _ in range(post.MOST + 1):
            line.send(message)
    assert (len(box.taken), box.greeted) == (post.MOST + 1, 2)


def test_behind_an_error_the_next_message_goes_by_a_new_connection(
    serve: Callable[..., str], box: Box, message: EmailMessage
) -> None:
    unwelcome = EmailMessage()
    unwelcome["From"], unwelcome["To"], unwelcome["Subject"] = "a@example.com", "c@example.com", "unwelcome"
    with closing(post.Line(f"smtp://{serve()}")) as line:
        line.send(message)
        with pytest.raises(OSError, match="not this one"):
            line.send(unwelcome)
        line.send(message)
    assert (len(box.taken), box.greeted) == (2, 2)


def test_the_password_in_the_url_is_read_as_it_was_meant(
    serve: Callable[..., str], box: Box, message: EmailMessage
) -> None:
    send(message, f"smtp://{LOGIN}@{serve()}")
    assert (box.taken, box.users) == (["b@example.com"], [(b"jari@example.com", b"pa:ss")])


def test_a_server_that_can_encrypt_is_talked_to_so(
    serve: Callable[..., str], box: Box, message: EmailMessage, trusted: ssl.SSLContext
) -> None:
    send(message, f"smtp://{LOGIN}@{serve(tls_context=trusted, require_starttls=True)}")
    assert (box.taken, len(box.users)) == (["b@example.com"], 1)


def test_a_server_that_only_encrypts(
    serve: Callable[..., str], box: Box, message: EmailMessage, trusted: ssl.SSLContext
) -> None:
    send(message, f"smtps://{LOGIN}@{serve(ssl_context=trusted)}")
    assert (box.taken, len(box.users)) == (["b@example.com"], 1)


def test_a_server_nobody_vouches_for_gets_neither_mail_nor_password(
    serve: Callable[..., str],
    box: Box,
    message: EmailMessage,
    trusted: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ssl.SSLCertVerificationError):
        send(message, f"smtp://{LOGIN}@{serve(tls_context=trusted, require_starttls=True)}")
    assert (box.taken, box.users) == ([], [])


def test_a_password_is_not_sent_to_another_machine_in_the_clear(
    serve: Callable[..., str], box: Box, message: EmailMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "THIS_MACHINE", set())
    with pytest.raises(post.PasswordInTheClear):
        send(message, f"smtp://{LOGIN}@{serve()}")
    assert (box.taken, box.users) == ([], [])


def test_a_wrong_password_is_an_error_and_no_mail(serve: Callable[..., str], box: Box, message: EmailMessage) -> None:
    with pytest.raises(OSError, match="535"):
        send(message, f"smtp://jari:wrong@{serve()}")
    assert box.taken == []


def test_a_silent_server_is_not_waited_for_long(message: EmailMessage) -> None:
    with create_server(("127.0.0.1", 0)) as silent, pytest.raises(OSError, match="timed out"):
        send(message, f"smtp://127.0.0.1:{silent.getsockname()[1]}", timeout=0.2)


def test_another_scheme_is_a_mistake_that_says_what_is_meant(message: EmailMessage) -> None:
    with pytest.raises(ValueError, match="smtp:// or smtps://"):
        send(message, "http://127.0.0.1:25")
