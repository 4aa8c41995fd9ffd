"""Listens on the loopback address and hands each request to the part of the company it is for."""

import socket
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from local.provider.api import call
from local.provider.books_page import books_page
from local.provider.challenge import challenge
from local.provider.company import Company
from local.provider.control import control
from local.provider.exchange import Reply, Request, json_reply
from local.provider.toss.api import call as call_toss
from local.provider.toss.api import is_ours as is_for_toss
from local.provider.toss.window import window

LARGEST = 1024 * 1024  # bytes of a request's body


class Web(ThreadingHTTPServer):
    """Serves on 127.0.0.1 only; port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.company: Company

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # the SDK keeps its connections
    disable_nagle_algorithm = True
    server: Web

    def handle_one(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LARGEST or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._send(json_reply(413, {"error": f"a body needs a Content-Length of at most {LARGEST}"}))
            return
        address = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, address.path, address.query, headers, self.rfile.read(int(length)))
        reply = answer(self.server.company, request)
        if reply is None:
            self._cut()
        else:
            self._send(reply)

    do_GET = do_POST = do_DELETE = handle_one

    def handle(self) -> None:
        with suppress(ConnectionError):  # the caller went away
            super().handle()

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in ({"X-Content-Type-Options": "nosniff"} | reply.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def _cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the books tell what happened."""


def answer(company: Company, request: Request) -> Reply | None:
    """None: the connection is to be cut."""
    if is_for_toss(request.path):
        return call_toss(company, request)
    if request.path.startswith("/v1/"):
        return call(company, request)
    if request.path.startswith("/_control/"):
        return control(company, request)
    if request.path.startswith("/challenge/") and request.method in ("GET", "POST"):
        return challenge(company, request)
    if request.path.startswith("/toss/window") and request.method in ("GET", "POST"):
        return window(company, request)
    if request.path == "/" and request.method == "GET":
        return books_page(company)
    return json_reply(404, {"error": "nothing here"})
