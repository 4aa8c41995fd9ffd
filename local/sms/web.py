"""The telephone: takes messages as a gateway would, and shows them on a page."""

import json
import sys
import threading
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local.ports import LOOPBACK

POLICY = "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
STYLE = """
:root { color-scheme: light dark; --ink: #1b2330; --soft: #566072; --paper: #fff; --ground: #f2f4f8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf2; --soft: #a3adbf; --paper: #1b212c; --ground: #11151c; } }
body { margin: 0 auto; max-width: 34rem; padding: 1.5rem 1rem; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.35rem; } .soft { color: var(--soft); font-size: .9rem; }
li { list-style: none; background: var(--paper); border-radius: 14px; padding: .75rem 1rem; margin: .5rem 0; }
ul { padding: 0; } p { margin: 0; overflow-wrap: anywhere; }
"""


class Web(ThreadingHTTPServer):
    """Keeps each message as a line of a file; a message that comes again under its reference is kept once."""

    daemon_threads = True

    def __init__(self, port: int, file: Path) -> None:
        super().__init__((LOOPBACK, port), Answer)
        self._file = file
        self._lock = threading.Lock()
        self._kept = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        self.refusals = 0

    def take(self, message: dict[str, str]) -> None:
        with self._lock:
            if any(kept["reference"] == message["reference"] for kept in self._kept):
                return
            self._kept.append(message)
            with self._file.open("a") as out:
                out.write(json.dumps(message) + "\n")

    def kept(self) -> list[dict[str, str]]:
        with self._lock:
            return list(self._kept)

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()
            self._file.unlink(missing_ok=True)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor who hangs up is no error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Answer(BaseHTTPRequestHandler):
    server: Web
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        match self.path:
            case "/":
                self._send(200, "text/html; charset=utf-8", _page(self.server.kept()))
            case "/messages.json":
                self._json(200, self.server.kept())
            case "/style.css":
                self._send(200, "text/css", STYLE)
            case _:
                self._json(404, {"error": "there is nothing here"})

    def do_POST(self) -> None:
        try:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            if self.path == "/_control/faults":
                self.server.refusals = int(body["times"])
                return self._json(200, {"refusals": self.server.refusals})
            message = {name: str(body[name]) for name in ("to", "text", "reference")}
        except (ValueError, KeyError, TypeError):
            return self._json(400, {"error": "to, text and reference are needed, as JSON"})
        if self.server.refusals > 0:
            self.server.refusals -= 1
            return self._json(503, {"error": "down"})
        self.server.take({**message, "received_at": datetime.now(UTC).isoformat(timespec="milliseconds")})
        return self._json(202, {"reference": message["reference"]})

    def do_DELETE(self) -> None:
        self.server.forget()
        self._json(200, [])

    def _json(self, status: int, answer: Any) -> None:
        self._send(status, "application/json", json.dumps(answer, ensure_ascii=False))

    def _send(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Content-Security-Policy": POLICY}
        for name, value in {**headers, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


def _page(messages: list[dict[str, str]]) -> str:
    rows = "".join(
        f"<li><p>{escape(one['text'])}</p>"
        f'<p class="soft">{escape(one["to"])}, {escape(one["received_at"][:19])}</p></li>'
        for one in reversed(messages)
    )
    listed = f"<ul>{rows}</ul>" if rows else '<p class="soft">No message yet. Load the page again to look.</p>'
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Text messages</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css"></head><body><main><h1>Text messages</h1>{listed}</main></body></html>"""
