"""The HTTP side: the pages, the mails as JSON, and the faults."""

import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from local.mail import pages
from local.mail.faults import BadFault, Faults
from local.mail.letter import as_json, read
from local.mail.store import Caught, Store
from local.ports import LOOPBACK

OURS = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; frame-src 'self'; "
OURS += "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
# A mail is a stranger: it may look as it likes and do nothing, even when opened outside its frame.
THEIRS = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
THEIRS += "img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"


class Web(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, store: Store, faults: Faults) -> None:
        super().__init__((LOOPBACK, port), Answer)
        self.store = store
        self.faults = faults

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor who hangs up is no error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Answer(BaseHTTPRequestHandler):
    """One method for each HTTP method; what it does not know is 404."""

    server: Web
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if one := re.fullmatch(r"/messages/(\d{1,15})(?:/(html|attachments)(?:/(\d{1,4}))?)?", address.path):
            caught = self.server.store.find(int(one[1]))
            if caught:
                self._mail(caught, one[2], one[3], address.query)
            else:
                self._missing()
        else:
            self._listed(address.path)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/clear":
            self.server.store.forget_all()
            self._send(303, "text/plain", b"", {"Location": "/"})
        elif self.path == "/_control/faults":
            self._order(body)
        else:
            self._missing()

    def do_DELETE(self) -> None:
        if self.path == "/messages.json":
            self.server.store.forget_all()
            self._json([])
        elif self.path == "/_control/faults":
            self.server.faults.clear()
            self._json({"faults": []})
        else:
            self._missing()

    def _listed(self, path: str) -> None:
        store = self.server.store
        match path:
            case "/":
                last = store.last_id()  # before the list: a mail between the two is then seen by the next look
                self._html(pages.inbox(store.all(), last))
            case "/messages.json":
                self._json([as_json(caught) for caught in store.all()])
            case "/last":
                self._send(200, "text/plain", str(store.last_id()).encode())
            case "/_control/faults":
                self._json({"faults": self.server.faults.standing()})
            case "/style.css":
                self._send(200, "text/css", pages.STYLE.encode())
            case "/inbox.js":
                self._send(200, "text/javascript", pages.SCRIPT.encode())
            case _:
                self._missing()

    def _order(self, body: bytes) -> None:
        try:
            self.server.faults.add(json.loads(body))
        except ValueError as error:
            reason = str(error) if isinstance(error, BadFault) else "the body must be JSON"
            self._json({"error": reason}, 400)
        else:
            self._json({"faults": self.server.faults.standing()})

    def _mail(self, caught: Caught, part: str | None, number: str | None, query: str) -> None:
        mail = read(caught)
        index = int(number or 0) - 1
        if part is None:
            self._html(pages.letter(caught, parse_qs(query).get("view", [""])[0]))
        elif part == "html" and number is None:
            # Links must not replace the mail in its frame.
            page = f'<!doctype html><base target="_blank">{mail.html}'
            self._send(200, "text/html; charset=utf-8", page.encode(), {"Content-Security-Policy": THEIRS})
        elif part == "attachments" and 0 <= index < len(mail.attachments):
            name = quote(mail.attachments[index].name, safe="")
            headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Content-Security-Policy": THEIRS}
            self._send(200, mail.attachments[index].type, mail.attachments[index].content, headers)
        else:
            self._missing()

    def _html(self, page: str) -> None:
        self._send(200, "text/html; charset=utf-8", page.encode(), {"Content-Security-Policy": OURS})

    def _json(self, answer: Any, status: int = 200) -> None:
        self._send(status, "application/json", json.dumps(answer, ensure_ascii=False).encode())

    def _missing(self) -> None:
        self._send(404, "text/plain", b"There is nothing here.\n")

    def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: the page asks every two seconds."""
