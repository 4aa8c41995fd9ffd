"""A server of the outside world that breaks off, is silent, answers nonsense or shows a wrong certificate."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any


class Call(BaseHTTPRequestHandler):
    """One request; what becomes of it, the server was told."""

    protocol_version = "HTTP/1.1"
    server: "Web"

    def do_GET(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(self)
        self.server.act(self)

    do_POST = do_GET

    def say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


class Web(ThreadingHTTPServer):
    """What it was asked, over how many connections."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Call)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.act: Callable[[Call], None] = charge
        self.asked: list[Call] = []
        self.connections = 0
        self.over = Event()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, *_: object) -> None:
        """A client that refuses our certificate is what a test is about."""


def charge(call: Call) -> None:
    """An open charge, of the reference that was asked for."""
    thing = {"id": call.path.split("/")[-1], "object": "payment_intent", "status": "requires_confirmation"}
    call.say(200, json.dumps(thing).encode(), REQUEST_ID="req_1")


def hangs_up(call: Call) -> None:
    call.close_connection = True


def answers_and_hangs_up(call: Call) -> None:
    charge(call)
    hangs_up(call)


def hangs_up_midway(call: Call) -> None:
    call.say(200, b'{"id": ', Content_Length="100")
    call.close_connection = True


def is_late(call: Call) -> None:
    call.server.over.wait(5)
    charge(call)


def is_late_midway(call: Call) -> None:
    call.say(200, b"{", Content_Length="2")
    call.server.over.wait(5)
    call.wfile.write(b"}")


def talks_nonsense(call: Call) -> None:
    call.wfile.write(b"220 mail.example ESMTP\r\n\r\n")
    call.close_connection = True


def is_busy(call: Call) -> None:
    call.say(503, b"{}", Retry_After="0")


def sends_elsewhere(call: Call) -> None:
    call.say(302, b"", Location=f"{call.server.url}/v1/payment_intents/pi_elsewhere")


BROKEN = [hangs_up, hangs_up_midway, is_late, is_late_midway, talks_nonsense, is_busy, sends_elsewhere]
